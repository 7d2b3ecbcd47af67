import { createHmac } from 'node:crypto';
import COS from 'cos-nodejs-sdk-v5';
import { describe, expect, it } from 'vitest';
import {
  accessKey,
  NOW_S,
  OURS,
  requestView,
  ringOf,
  type Sent,
  verdict,
} from '../../../test/support/signed-request.ts';
import { parseV4Token } from './v4-token.ts';

/** The check value of spec/protocol.md §12.4. */
const PUBLISHED_TOKEN =
  'fKkPwmE3EEnDVW65Q/xLzufhjtphPTEyNTAwMDAwMDAmYj1kZW1vJms9QUtJREVYQU1QTEVleGFtcGxlRVhBTVBMRWV4YW1wbGUwMDAxJnQ9MTcwMDAwMDAwMCZlPTE3MDAwMDA5MDAmcj0xMjM0NTYmZj0vMTI1MDAwMDAwMC9kZW1vLzEudHh0';

const FIELDS = { a: '1250000000', b: 'demo', k: OURS.secretId, t: `${NOW_S}`, e: `${NOW_S + 900}`, r: '123456' };

function tokenOf(changes: Readonly<Record<string, string>> = {}): string {
  const text = Object.entries({ ...FIELDS, f: '/1250000000/demo/1.txt', ...changes })
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const mac = createHmac('sha1', OURS.secretKey).update(text).digest();
  return Buffer.concat([mac, Buffer.from(text)]).toString('base64');
}

function judge(token: string, sent: Partial<Sent> = {}, nowS = NOW_S): string {
  const { target = '/1.txt' } = sent;
  const sign = `sign=${encodeURIComponent(token)}`;
  return verdict(requestView({ ...sent, target: `${target}${target.includes('?') ? '&' : '?'}${sign}` }), nowS);
}

const OTHER = 'AccessDenied: The signature is for another object.';
const NO_MORE = 'AccessDenied: The signature reads an object and does no more.';
const MALFORMED = 'AccessDenied: The signature is malformed.';

describe('the v4 token (§12.4)', () => {
  it('has its check value', () => {
    expect(tokenOf()).toBe(PUBLISHED_TOKEN);
    expect(parseV4Token(PUBLISHED_TOKEN)).toMatchObject({
      secretId: OURS.secretId,
      bucket: 'demo-1250000000',
      key: '1.txt',
      expires: NOW_S + 900,
    });
  });

  it('reads its object until its end', () => {
    expect(judge(PUBLISHED_TOKEN)).toBe(OURS.secretId);
    expect(judge(PUBLISHED_TOKEN, { method: 'HEAD' })).toBe(OURS.secretId);
    expect(judge(PUBLISHED_TOKEN, { target: '/1.txt?response-content-type=a' })).toBe(OURS.secretId);
    expect(judge(PUBLISHED_TOKEN, {}, NOW_S + 900)).toBe(OURS.secretId);
    expect(judge(PUBLISHED_TOKEN, {}, NOW_S + 901)).toBe('AccessDenied: Request has expired');
  });

  it('reads keys of any characters', () => {
    const f = `/1250000000/demo/${encodeURIComponent('图 &=+.txt')}`;
    expect(judge(tokenOf({ f }), { target: `/${encodeURIComponent('图 &=+.txt')}` })).toBe(OURS.secretId);
  });

  it('reads nothing else', () => {
    expect(judge(PUBLISHED_TOKEN, { target: '/2.txt' })).toBe(OTHER);
    expect(judge(PUBLISHED_TOKEN, { target: '/' })).toBe(OTHER);
    expect(judge(tokenOf({ b: 'other', f: '/1250000000/other/1.txt' }))).toBe(OTHER);
    expect(judge(tokenOf({ a: '1250000001', f: '/1250000001/demo/1.txt' }))).toBe(OTHER);
    // The key of one bucket can look like another bucket in path style: what is addressed decides.
    const elsewhere = {
      ...requestView({ target: `/demo-1250000000/1.txt?sign=${encodeURIComponent(PUBLISHED_TOKEN)}` }),
    };
    expect(verdict({ ...elsewhere, bucket: 'other-1250000000', key: 'demo-1250000000/1.txt' })).toBe(OTHER);
    expect(verdict({ ...elsewhere, bucket: 'demo-1250000000', key: '1.txt' })).toBe(OURS.secretId);
  });

  it('does no more than read', () => {
    for (const method of ['PUT', 'DELETE', 'POST']) expect(judge(PUBLISHED_TOKEN, { method })).toBe(NO_MORE);
    for (const name of ['acl', 'uploadId=1', 'versionId=2']) {
      expect(judge(PUBLISHED_TOKEN, { target: `/1.txt?${name}` })).toBe(NO_MORE);
    }
    expect(judge(tokenOf({ f: '/1250000000/demo/' }), { target: '/' })).toBe(NO_MORE);
  });

  it('is refused when it is changed, or its key is not there', () => {
    expect(judge(`A${PUBLISHED_TOKEN.slice(1)}`)).toBe('SignatureDoesNotMatch');
    expect(judge(tokenOf({ k: 'AKIDunknown' }))).toBe('InvalidAccessKeyId');
    const ring = ringOf(accessKey(OURS, false));
    const view = requestView({ target: `/1.txt?sign=${encodeURIComponent(PUBLISHED_TOKEN)}` });
    expect(verdict(view, NOW_S, ring)).toBe('InvalidAccessKeyId');
  });

  it.each([
    ['no base64', '!!!!'],
    ['short', 'AAAA'],
    ['no end', tokenOf({ e: 'soon' })],
    ['no APPID', tokenOf({ a: 'x', f: '/x/demo/1.txt' })],
    ['no bucket', tokenOf({ b: '', f: '/1250000000//1.txt' })],
    ['another root', tokenOf({ f: '/1250000001/demo/1.txt' })],
    ['no object', tokenOf({ f: '' })],
    ['a bad escape', tokenOf({ f: '/1250000000/demo/%zz' })],
    ['too long', tokenOf({ r: '1'.repeat(9_000) })],
  ])('is refused: %s', (_, token) => {
    expect(judge(token)).toBe(MALFORMED);
  });

  it('comes like this from the official Node SDK', () => {
    const make = new COS({ SecretId: OURS.secretId, SecretKey: OURS.secretKey }) as unknown as {
      getV4Auth(options: object): string;
    };
    const token = make.getV4Auth({ Bucket: 'demo-1250000000', Key: '图 1.txt' });
    const nowS = parseV4Token(token).expires - 1;
    expect(judge(token, { target: `/${encodeURIComponent('图 1.txt')}` }, nowS)).toBe(OURS.secretId);
  });
});
