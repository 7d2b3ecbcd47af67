/** Whole forms: the vectors of spec/objects.md §15 and spec/protocol.md §13, and what their fields make of them. */
import { describe, expect, it } from 'vitest';
import {
  accessKey,
  BUCKET,
  DISABLED,
  NOW_S,
  OURS,
  PUBLISHED,
  RING,
  requestView,
  ringOf,
} from '../../../test/support/signed-request.ts';
import type { WireRequest } from '../../http/types.ts';
import { formSignature } from '../signature/form.ts';
import { authorization } from '../signature/sign.ts';
import { FormFields } from './fields.ts';
import { permitForm, readPostForm } from './form.ts';
import { ANY_SIZE } from './policy.ts';
import { sizedFile } from './sized-file.ts';

/** As the documentation prints it, every blank of it. */
const PUBLISHED_POLICY = `{
    "expiration": "2019-08-30T09:38:12.414Z",
    "conditions": [
        { "acl": "default" },
        { "bucket": "examplebucket-1250000000" },
        [ "starts-with", "$key", "folder/subfolder/" ],
        [ "starts-with", "$Content-Type", "image/" ],
        [ "starts-with", "$success_action_redirect", "https://my.website/" ],
        [ "eq", "$x-cos-server-side-encryption", "AES256" ],
        { "q-sign-algorithm": "sha1" },
        { "q-ak": "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q" },
        { "q-sign-time": "1567150692;1567157892" }
    ]
}`;
const PUBLISHED_FORM = {
  key: 'folder/subfolder/$' + '{filename}',
  acl: 'default',
  'Content-Type': 'image/jpeg',
  success_action_redirect: 'https://my.website/done',
  'x-cos-server-side-encryption': 'AES256',
  policy: Buffer.from(PUBLISHED_POLICY).toString('base64'),
  'q-sign-algorithm': 'sha1',
  'q-ak': PUBLISHED.secretId,
  'q-key-time': '1567150692;1567157892',
  'q-signature': '7758dc9a832e9d301dca704cacbf9d9f8172fdef',
};
const SIGNED_AT_MS = 1_567_150_692_000;

function fieldsOf(fields: Readonly<Record<string, string>>): FormFields {
  return new FormFields(
    Object.entries(fields).map(([name, value]) => ({ name, value: Buffer.from(value) })),
    'a.jpg',
  );
}

function permit(fields: Readonly<Record<string, string>>, nowMs = SIGNED_AT_MS, bucket = 'examplebucket-1250000000') {
  return permitForm(fieldsOf(fields), requestView({ method: 'POST', target: '/' }), [bucket], RING, nowMs);
}

/** A form of ours, signed. */
function signed(conditions: readonly unknown[] = [], fields: Readonly<Record<string, string>> = {}) {
  const keyTime = `${NOW_S};${NOW_S + 3_600}`;
  const policy = Buffer.from(
    JSON.stringify({
      expiration: '2023-11-14T23:13:20.000Z',
      conditions: [
        { 'q-sign-algorithm': 'sha1' },
        { 'q-ak': OURS.secretId },
        { 'q-sign-time': keyTime },
        ...conditions,
      ],
    }),
  );
  return {
    key: 'up/a',
    policy: policy.toString('base64'),
    'q-sign-algorithm': 'sha1',
    'q-ak': OURS.secretId,
    'q-key-time': keyTime,
    'q-signature': formSignature(OURS.secretKey, keyTime, policy),
    ...fields,
  };
}
const now = NOW_S * 1_000;
const error = (code: string, message?: string) =>
  expect.objectContaining(message === undefined ? { code } : { code, message });

describe('permitForm', () => {
  it('takes the sample of the documentation', () => {
    expect(permit(PUBLISHED_FORM)).toEqual({ identity: accessKey(PUBLISHED).identity, size: ANY_SIZE });
    expect(() => permit({ ...PUBLISHED_FORM, key: 'elsewhere' })).toThrow(
      error('AccessDenied', "Condition key key doesn't match the value folder/subfolder/"),
    );
    expect(() => permit(PUBLISHED_FORM, SIGNED_AT_MS, 'other-1')).toThrow(
      error('AccessDenied', "Condition key bucket doesn't match the value [examplebucket-1250000000]"),
    );
    const reformatted = Buffer.from(JSON.stringify(JSON.parse(PUBLISHED_POLICY))).toString('base64');
    expect(() => permit({ ...PUBLISHED_FORM, policy: reformatted })).toThrow(error('SignatureDoesNotMatch'));
  });

  it('gives the range of sizes', () => {
    expect(permit(signed([['content-length-range', 1, 10]]), now).size).toEqual({ min: 1, max: 10 });
  });

  it('refuses wrong signatures', () => {
    const wrong = (fields: Readonly<Record<string, string>>) => () => permit(signed([], fields), now);
    const signature = signed()['q-signature'];
    for (const other of ['x', signature.toUpperCase(), `${signature}0`, `${signature.slice(0, 39)}\u0161`]) {
      expect(wrong({ 'q-signature': other })).toThrow(error('SignatureDoesNotMatch'));
    }
    expect(wrong({ 'q-ak': 'AKIDnobody' })).toThrow(error('InvalidAccessKeyId'));
    expect(wrong({ 'q-ak': DISABLED.secretId })).toThrow(error('InvalidAccessKeyId'));
    expect(wrong({ 'q-ak': PUBLISHED.secretId })).toThrow(error('SignatureDoesNotMatch'));
    expect(wrong({ 'q-sign-algorithm': 'sha256' })).toThrow(error('VerifyAlgorithmNotSupported'));
    expect(wrong({ 'q-key-time': '2;1' })).toThrow(error('AccessDenied'));
    expect(wrong({ 'q-key-time': 'now' })).toThrow(error('AccessDenied'));
    expect(wrong({ 'x-cos-security-token': 'ignored' })).not.toThrow();
    // A good signature of another key over a policy that names ours.
    const sentByOther = { ...signed(), 'q-ak': PUBLISHED.secretId };
    const resigned = formSignature(
      PUBLISHED.secretKey,
      sentByOther['q-key-time'],
      Buffer.from(sentByOther.policy, 'base64'),
    );
    expect(() => permit({ ...sentByOther, 'q-signature': resigned }, now)).toThrow(
      error('AccessDenied', `Condition key q-ak doesn't match the value ${OURS.secretId}`),
    );
  });

  it('refuses a signature out of its time', () => {
    expect(permit(signed(), now - 900_000).identity.kind).toBe('root');
    expect(() => permit(signed(), now - 901_000)).toThrow(error('RequestTimeTooSkewed'));
    expect(permit(signed(), now + 3_600_000).identity.kind).toBe('root');
    expect(() => permit(signed(), now + 3_601_000)).toThrow(error('AccessDenied', 'Request has expired'));
  });

  it('takes no part of a signature for none', () => {
    for (const name of ['q-sign-algorithm', 'q-ak', 'q-key-time', 'q-signature', 'policy']) {
      expect(() => permit(signed([], { [name]: '' }), now)).toThrow(error('AccessDenied', `The form lacks ${name}.`));
    }
    expect(() => permit({ policy: signed().policy }, now)).toThrow(error('AccessDenied'));
    expect(() => permit({ 'q-signature': 'x' }, now)).toThrow(error('AccessDenied'));
    expect(() => permit(signed([], { policy: '{}' }), now)).toThrow(error('InvalidPolicyDocument'));
  });

  it('is anonymous where nothing is signed', () => {
    expect(permit({ key: 'k', policy: '' })).toEqual({ identity: { kind: 'anonymous' }, size: ANY_SIZE });
  });

  it('takes a whole authorization as a field, as mini programs send it, or as a header', () => {
    const request = requestView({
      method: 'POST',
      target: '/',
      headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
    });
    const sign = (headers: readonly [string, string][]) =>
      authorization({ ...OURS, method: 'post', path: '/', headers, from: NOW_S, to: NOW_S + 60 });
    const host: [string, string] = ['host', request.host];
    const judge = (fields: Readonly<Record<string, string>>, view = request) =>
      permitForm(fieldsOf({ key: 'k', 'Content-Type': '', ...fields }), view, [BUCKET], RING, now).identity;
    expect(judge({ Signature: sign([host]) }).kind).toBe('root');
    expect(
      judge({ Signature: sign([host, ['content-type', ''], ['x-cos-meta-a', '图']]), 'x-cos-meta-a': '图' }).kind,
    ).toBe('root');
    expect(() => judge({ Signature: sign([host, ['x-cos-meta-a', 'a']]), 'x-cos-meta-a': 'b' })).toThrow(
      error('SignatureDoesNotMatch'),
    );
    const headers = { Authorization: sign([host]) };
    expect(judge({}, requestView({ method: 'POST', target: '/', headers })).kind).toBe('root');
    expect(() => permitForm(fieldsOf({ Signature: sign([host]) }), request, [BUCKET], ringOf(), now)).toThrow(
      error('InvalidAccessKeyId'),
    );
  });
});

function wire(text: string): WireRequest {
  async function* chunks(): AsyncGenerator<Buffer> {
    yield Buffer.from(text);
  }
  const body = { length: text.length, unannounced: false, chunks, readAll: async () => Buffer.from(text) };
  const header = (name: string) => (name === 'content-type' ? 'multipart/form-data; boundary=b' : undefined);
  return { body, header } as unknown as WireRequest;
}
const part = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

describe('readPostForm', () => {
  it('reads fields and the file', async () => {
    const text = `${part('key', 'up/$' + '{filename}')}${part('file"; filename="a.txt', 'content')}${part('key', 'late')}--b--`;
    const { fields, file } = await readPostForm(wire(text), 100);
    expect(fields.key).toBe('up/a.txt');
    expect((await file.body.readAll(100)).toString()).toBe('content');
  });

  it('has room for what forms hold', async () => {
    const read = (...parts: string[]) => readPostForm(wire(`${parts.join('')}${part('file', 'x')}--b--`), 100);
    expect(
      (await read(part('policy', 'x'.repeat(65_536)), part('a', 'x'.repeat(20_480)))).fields.get('a'),
    ).toHaveLength(20_480);
    await expect(read(part('policy', 'x'.repeat(65_537)))).rejects.toEqual(error('MaxPostPreDataLengthExceededError'));
    await expect(read(part('a', 'x'.repeat(20_481)))).rejects.toEqual(error('MaxPostPreDataLengthExceededError'));
    const many = Array.from({ length: 101 }, (_, i) => part(`f${i}`, ''));
    await expect(read(...many)).rejects.toEqual(error('MaxPostPreDataLengthExceededError'));
  });
});

describe('sizedFile', () => {
  const open = async (min: number, max: number) => {
    const { file } = await readPostForm(wire(`${part('file', '12345')}--b--`), 100);
    return sizedFile(file.body, min === 0 && max === 0 ? ANY_SIZE : { min, max });
  };
  const message = "Condition key content-length-range doesn't match the value ";

  it('holds the file to the range', async () => {
    for (const [min, max] of [
      [0, 0],
      [5, 5],
      [1, 100],
      [0, 5],
    ] as const) {
      expect((await (await open(min, max)).readAll(5)).toString()).toBe('12345');
    }
    await expect((await open(0, 4)).readAll(100)).rejects.toEqual(error('EntityTooLarge', message));
    await expect((await open(6, 9)).readAll(100)).rejects.toEqual(error('EntityTooSmall', message));
    // The limit of the service is told as such.
    await expect((await open(0, 100)).readAll(4)).rejects.toEqual(error('EntityTooLarge', 'EntityTooLarge'));
  });
});
