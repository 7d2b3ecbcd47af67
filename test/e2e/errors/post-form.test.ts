/** POST Object: forms that are none, policies, signatures. Source: spec/objects.md §8.2, §14. */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket } from '../../support/buckets.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Answer, Send } from '../../support/http.ts';
import { exchange } from '../../support/raw.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../../support/server-process.ts';

const BOUNDARY = '----form';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const FORM_URL = 'application/x-www-form-urlencoded';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-single-upload-bytes', '1KiB'] });
  send = await makeBucket(server, 'forms');
});
afterAll(() => server.remove());

type Field = readonly [name: string, value: string, filename?: string];
const FILE: Field = ['file', 'hello', 'a.txt'];

function part([name, value, filename]: Field): string {
  const file = filename === undefined ? '' : `; filename="${filename}"`;
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
}

const formOf = (fields: readonly Field[]): string => `${fields.map(part).join('')}--${BOUNDARY}--\r\n`;
const post = (body: string, type = TYPE): Promise<Answer> =>
  send({ method: 'POST', body, signed: false, headers: type === '' ? {} : { 'Content-Type': type } });

interface Policy {
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly algorithm?: string;
  /** Seconds from now. */
  readonly time?: readonly [number, number];
  readonly expiresIn?: number;
  /** Instead of the JSON that follows from the rest. */
  readonly text?: string;
}

const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex');

/** The fields that sign a form. */
function signed(conditions: readonly unknown[] = [], policy: Policy = {}): Field[] {
  const {
    secretId = SECRET_ID,
    secretKey = SECRET_KEY,
    algorithm = 'sha1',
    time = [-10, 600],
    expiresIn = 600,
  } = policy;
  const now = Math.floor(Date.now() / 1_000);
  const keyTime = time.map((seconds) => now + seconds).join(';');
  const mandatory = [{ 'q-sign-algorithm': algorithm }, { 'q-ak': secretId }, { 'q-sign-time': keyTime }];
  const expiration = new Date((now + expiresIn) * 1_000).toISOString();
  const text = policy.text ?? JSON.stringify({ expiration, conditions: [...mandatory, ...conditions] });
  const digest = createHash('sha1').update(text).digest('hex');
  return [
    ['policy', Buffer.from(text).toString('base64')],
    ['q-sign-algorithm', algorithm],
    ['q-ak', secretId],
    ['q-key-time', keyTime],
    ['q-signature', hmac(hmac(secretKey, keyTime), digest)],
  ];
}

const upload = (fields: readonly Field[], file = FILE): Promise<Answer> =>
  post(formOf([['key', 'up'], ...fields, file]));
const nothing = async () => expectHeadError(await send({ method: 'HEAD', key: 'up' }), 404);

describe('forms', () => {
  it('that are well take their file', async () => {
    expect(
      (
        await upload(
          signed([
            ['starts-with', '$key', 'u'],
            ['content-length-range', 5, 5],
          ]),
        )
      ).status,
    ).toBe(204);
    expect((await send({ method: 'GET', key: 'up' })).text).toBe('hello');
    await send({ method: 'DELETE', key: 'up' });
    await nothing();
  });

  it('that cannot be parsed', async () => {
    const whole = formOf([['key', 'up'], ...signed(), FILE]);
    for (const [body, type] of [
      [whole, 'multipart/form-data'],
      [whole, 'multipart/form-data; boundary=another'],
      [whole, FORM_URL],
      [whole, ''],
      ['key=up&file=hello', FORM_URL],
      ['hello', TYPE],
      [whole.slice(0, -10), TYPE],
      [whole.replace('form-data; name="file"', 'attachment'), TYPE],
    ] as const) {
      expectError(await post(body, type), 400, 'MalformedPOSTRequest');
    }
    await nothing();
  });

  it('without a file, and with two', async () => {
    expectError(await post(formOf([['key', 'up'], ...signed()])), 400, 'IncorrectNumberOfFilesInPostRequest');
    const two = formOf([['key', 'up'], ...signed(), FILE, FILE]);
    expectError(await post(two), 400, 'IncorrectNumberOfFilesInPostRequest');
    await nothing();
  });

  it('without a key, with a bad one, with bad values', async () => {
    expectError(await post(formOf([...signed(), FILE])), 400, 'InvalidArgument');
    const keyed = (key: string) => post(formOf([['key', key], ...signed(), FILE]));
    expectError(await keyed('k'.repeat(851)), 400, 'KeyTooLong');
    expectError(await keyed('a\u0018b'), 400, 'InvalidObjectName');
    for (const [field, status, code] of [
      [['acl', 'public'], 400, 'InvalidArgument'],
      [['x-cos-traffic-limit', '1'], 400, 'InvalidArgument'],
      [['x-cos-storage-class', 'COLD'], 400, 'NotSupportedStorageClass'],
      [['x-cos-meta-a', 'v'.repeat(2_048)], 400, 'KeyTooLong'],
      [['Content-MD5', 'nonsense'], 400, 'InvalidDigest'],
      [['Content-MD5', createHash('md5').update('other').digest('base64')], 400, 'BadDigest'],
    ] as const) {
      expectError(await upload([...signed(), field]), status, code);
    }
    await nothing();
  });

  it('with fields that are too large, or too many', async () => {
    const large: Field = ['comment', 'x'.repeat(20 * 1024 + 1)];
    expectError(await upload([large]), 400, 'MaxPostPreDataLengthExceededError');
    const many = Array.from({ length: 101 }, (_, n): Field => [`field${n}`, 'x']);
    expectError(await upload(many), 400, 'MaxPostPreDataLengthExceededError');
    await nothing();
  });

  it('with a file that one request may not bring', async () => {
    expectError(await upload(signed(), ['file', 'x'.repeat(1_025), 'a']), 400, 'EntityTooLarge');
    await nothing();
  });

  it('without a length, or to a bucket that is not there', async () => {
    const head = (bucket: string) =>
      `POST / HTTP/1.1\r\nHost: ${bucket}-${APPID}.cos.${REGION}.myqcloud.com\r\nContent-Type: ${TYPE}\r\n`;
    expectError(await exchange(server.port, [`${head('forms')}\r\n`]), 411, 'MissingContentLength');
    const absent = await exchange(server.port, [`${head('nowhere')}Content-Length: 0\r\n\r\n`]);
    expectError(absent, 404, 'NoSuchBucket');
  });
});

describe('policies', () => {
  const expiration = new Date(Date.now() + 600_000).toISOString();

  it('that are none', async () => {
    const mandatory = [{ 'q-sign-algorithm': 'sha1' }, { 'q-ak': SECRET_ID }, { 'q-sign-time': '1;2' }];
    for (const text of [
      'hello',
      '[]',
      '{}',
      JSON.stringify({ expiration, conditions: [] }),
      JSON.stringify({ expiration }),
      JSON.stringify({ conditions: mandatory }),
      JSON.stringify({ expiration: 'soon', conditions: mandatory }),
      JSON.stringify({ expiration, conditions: mandatory.slice(1) }),
      JSON.stringify({ expiration, conditions: [...mandatory, ['like', '$key', 'u']] }),
      JSON.stringify({ expiration, conditions: [...mandatory, ['starts-with', '$bucket', 'u']] }),
      JSON.stringify({ expiration, conditions: [...mandatory, ['content-length-range', 'few', 'many']] }),
    ]) {
      expectError(await upload(signed([], { text })), 400, 'InvalidPolicyDocument');
    }
    const [, ...rest] = signed();
    expectError(await upload([['policy', '?!'], ...rest]), 400, 'InvalidPolicyDocument');
    const empty = JSON.stringify({ expiration, conditions: [] });
    const message = 'You must provide condition if you specify a policy in post object request.';
    expectError(await upload(signed([], { text: empty })), 400, 'InvalidPolicyDocument', message);
    await nothing();
  });

  it('that the form does not meet', async () => {
    for (const condition of [
      { key: 'other' },
      ['eq', '$key', 'other'],
      ['starts-with', '$key', 'x'],
      { bucket: 'other-1250000000' },
      { acl: 'private' },
      ['starts-with', '$Content-Type', ''],
      { 'x-cos-meta-a': '1' },
    ]) {
      expectError(await upload(signed([condition])), 403, 'AccessDenied', 'Condition key');
    }
    expectError(await upload(signed([], { expiresIn: -5 })), 403, 'AccessDenied', 'expiration time');
    await nothing();
  });

  it('that bound the size of the file', async () => {
    expectError(await upload(signed([['content-length-range', 0, 4]])), 400, 'EntityTooLarge');
    expectError(await upload(signed([['content-length-range', 6, 9]])), 400, 'EntityTooSmall');
    await nothing();
  });
});

describe('signatures', () => {
  it('that are wrong, of a key that is unknown, of another algorithm', async () => {
    expectError(await upload(signed([], { secretKey: 'other' })), 403, 'SignatureDoesNotMatch');
    expectError(await upload(signed([], { secretId: 'AKIDnobody' })), 403, 'InvalidAccessKeyId');
    expectError(await upload(signed([], { algorithm: 'sha256' })), 400, 'VerifyAlgorithmNotSupported');
    await nothing();
  });

  it('that are over, or yet to come', async () => {
    expectError(await upload(signed([], { time: [-600, -10] })), 403, 'AccessDenied', 'Request has expired');
    expectError(await upload(signed([], { time: [1_200, 3_600] })), 403, 'RequestTimeTooSkewed');
    await nothing();
  });

  it('that lack a field', async () => {
    const all = signed();
    for (const name of all.map(([field]) => field)) {
      expectError(await upload(all.filter(([field]) => field !== name)), 403, 'AccessDenied');
    }
    await nothing();
  });

  it('that are not there', async () => {
    expectError(await upload([]), 403, 'AccessDenied');
    await nothing();
  });
});
