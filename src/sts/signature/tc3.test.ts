import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, isTc3Signed, readTc3Signature, signTc3, type Tc3Request } from './tc3.ts';

const NAMES = ['content-type', 'host'];
const documented: Tc3Request = {
  method: 'GET',
  query: 'Limit=10&Offset=0',
  header: (name) => (name === 'host' ? 'cvm.tencentcloudapi.com' : 'application/x-www-form-urlencoded'),
  body: Buffer.alloc(0),
  timestamp: '1539084154',
};
const KEY = 'exampleSecretKeyForCosSpec000001';
const ours: Tc3Request = {
  method: 'POST',
  query: '',
  header: (name) => (name === 'host' ? 'sts.tencentcloudapi.com' : 'application/json'),
  body: Buffer.from('{"Name":"demo","Policy":"%7B%7D","DurationSeconds":1800}'),
  timestamp: '1700000000',
};
const SIGNATURE = 'd5b0aa5d9edbb0b8b366c1eb19358a6c3dce281dbf69160f232b6ac13e5686b3';
const authorization = (signature = SIGNATURE, date = '2023-11-14', headers = NAMES.join(';')) =>
  `TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/${date}/sts/tc3_request, SignedHeaders=${headers}, Signature=${signature}`;

describe('TC3', () => {
  it('is the one of the documentation', () => {
    const canonical = canonicalRequest(documented, NAMES, true);
    expect(createHash('sha256').update(canonical).digest('hex')).toBe(
      '91c9c192c14460df6c1ffc69e34e6c5e90708de2a6d282cccf957dbf1aa7f3a7',
    );
    expect(signTc3('Gu5t9xGARNpq86cd98joQYCN3EXAMPLE', canonical, '1539084154', '2018-10-09', 'cvm')).toBe(
      '5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474',
    );
  });

  it('is ours', () => {
    expect(signTc3(KEY, canonicalRequest(ours, NAMES, true), '1700000000', '2023-11-14', 'sts')).toBe(SIGNATURE);
    expect(isTc3Signed(readTc3Signature(authorization()), KEY, ours)).toBe(true);
  });

  it('takes header values as they are, or in lower case', () => {
    const mixed: Tc3Request = { ...ours, header: (name) => (name === 'host' ? 'STS:9443' : 'Application/JSON') };
    for (const folded of [true, false]) {
      const signature = signTc3(KEY, canonicalRequest(mixed, NAMES, folded), '1700000000', '2023-11-14', 'sts');
      expect(isTc3Signed(readTc3Signature(authorization(signature)), KEY, mixed)).toBe(true);
    }
  });

  it('takes more signed headers', () => {
    const header = (name: string) => (name === 'x-tc-action' ? 'GetFederationToken' : ours.header(name));
    const more: Tc3Request = { ...ours, header };
    const names = [...NAMES, 'x-tc-action'];
    const signature = signTc3(KEY, canonicalRequest(more, names, true), '1700000000', '2023-11-14', 'sts');
    const claim = readTc3Signature(authorization(signature, '2023-11-14', names.join(';')));
    expect(isTc3Signed(claim, KEY, more)).toBe(true);
    expect(isTc3Signed(claim, KEY, ours)).toBe(false);
  });

  it('covers method, query, headers, body, time and key', () => {
    const claim = readTc3Signature(authorization());
    const changes: readonly Partial<Tc3Request>[] = [
      { method: 'GET' },
      { query: 'a=1' },
      { header: () => 'other' },
      { body: Buffer.from('{}') },
      { timestamp: '1700000001' },
    ];
    for (const change of changes) expect(isTc3Signed(claim, KEY, { ...ours, ...change })).toBe(false);
    expect(isTc3Signed(claim, `${KEY}x`, ours)).toBe(false);
    expect(isTc3Signed({ ...claim, date: '2023-11-15' }, KEY, ours)).toBe(false);
  });

  it.each([
    'TC3-HMAC-SHA256',
    'TC3-HMAC-SHA256 Credential=AKID, SignedHeaders=content-type;host, Signature=00',
    authorization('zz'),
    authorization(SIGNATURE, '14-11-2023'),
    authorization(SIGNATURE, '2023-11-14', 'host'),
    authorization(SIGNATURE, '2023-11-14', 'content-type'),
    authorization().padEnd(5_000, ' '),
  ])('refuses %s', (text) => {
    expect(() => readTc3Signature(text)).toThrow(expect.objectContaining({ code: 'AuthFailure.InvalidAuthorization' }));
  });
});
