/** Every way of being denied, from its own cause, as clients meet it. Source: spec/access.md §12, spec/protocol.md §10.2. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization } from '../../../src/cos/signature/sign.ts';
import { expectStatus, makeBucket, put } from '../../support/buckets.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import { type Answer, clientOf, type Send } from '../../support/http.ts';
import { type Asked, askAs, type Signer } from '../../support/permissions.ts';
import { type Account, type Admin, adminOf, type Person, ROOT } from '../../support/permissions-world.ts';
import { exchange } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { advanceClock } from '../../support/test-clock.ts';

const BUCKET = `denials-${APPID}`;
const HOST = `${BUCKET}.cos.${REGION}.myqcloud.com`;
const EXPIRED_S = 60;
/** What every refusal has, in order, with what is special between Message and Resource. */
const ELEMENTS = (...special: string[]) => ['Code', 'Message', ...special, 'Resource', 'RequestId', 'TraceId'];
const EVERYTHING = { effect: 'allow', action: '*', resource: '*' };

let server: ServerProcess;
let admin: Admin;
let send: Send;
let user: Person;
let foreign: Account;
let expired: Signer;
/** How far the server's clock is ahead, ms. */
const AHEAD_MS = 2 * EXPIRED_S * 1_000;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--test-clock', '--limits-grant-attachments', '2'] });
  admin = adminOf(server);
  send = await makeBucket(server, 'denials');
  await put(send, 'k', 'hello');
  user = await admin.user('user');
  foreign = await admin.account('foreign');
  expired = await admin.session(ROOT, [EVERYTHING], EXPIRED_S);
  await advanceClock(server, `${2 * EXPIRED_S}s`);
});
afterAll(() => server.remove());

const GET: Asked = { method: 'GET', key: 'k' };
const ask = (signer: Signer | undefined, asked: Asked = GET) => askAs(server.port, signer, BUCKET, asked);

/** The refusal has this message to the letter, and these elements beside the usual ones. */
function expectDenial(
  answer: Answer,
  [status, code, message]: readonly [number, string, string],
  ...special: string[]
) {
  const error = expectError(answer, status, code);
  expect(plain(error['Message']!)).toBe(message);
  expect(Object.keys(error)).toEqual(ELEMENTS(...special));
  if (special.includes('ServerTime')) {
    const time = error['ServerTime']!;
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Math.abs(Date.parse(time) - Date.now() - AHEAD_MS)).toBeLessThan(30_000);
    expect(Math.abs(Date.parse(time) - Date.parse(answer.headers.date!))).toBeLessThan(5_000);
  }
  return error;
}
const plain = (text: string) => text.replaceAll('&apos;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** GET of `k`, signed at this time. @param from, to seconds from the server's now */
function signedAt(from: number, to: number, sign: Partial<Parameters<typeof authorization>[0]> = {}): Promise<Answer> {
  const now = Math.floor((Date.now() + AHEAD_MS) / 1_000);
  const input = { ...ROOT, method: 'GET', path: '/k', headers: [['host', HOST]] as const };
  const Authorization = authorization({ ...input, from: now + from, to: now + to, ...sign });
  return send({ ...GET, signed: false, headers: { Authorization } });
}

describe('no permission', () => {
  const NO_PERMISSION = [403, 'AccessDenied', 'Access Denied.'] as const;

  it('whoever asks', async () => {
    const session = await admin.session(ROOT, [{ ...EVERYTHING, action: 'name/cos:HeadBucket' }], 1_800);
    for (const signer of [undefined, user, foreign, session]) {
      expectDenial(await ask(signer), NO_PERMISSION, 'ServerTime');
      expectDenial(await ask(signer, { method: 'PUT', key: 'new', body: 'x' }), NO_PERMISSION, 'ServerTime');
      expectDenial(await ask(signer, { method: 'GET', query: { cors: '' } }), NO_PERMISSION, 'ServerTime');
      expectHeadError(await ask(signer, { method: 'HEAD', key: 'k' }), 403);
    }
    expect((await ask(session, { method: 'HEAD' })).status).toBe(200);
    expect((await ask(ROOT, { method: 'HEAD', key: 'new' })).status).toBe(404);
  });

  it('whether the key exists or not', async () => {
    for (const key of ['k', 'absent']) {
      expectDenial(await ask(user, { method: 'GET', key }), NO_PERMISSION, 'ServerTime');
    }
  });
});

describe('keys and signatures', () => {
  const NO_SUCH_KEY = [
    403,
    'InvalidAccessKeyId',
    'The Access Key Id you provided does not exist in our records',
  ] as const;

  it('of a SecretId that nobody has, or that is no longer good', async () => {
    const nobody = { secretId: `AKID${randomBytes(16).toString('hex')}`, secretKey: ROOT.secretKey };
    expectDenial(await ask(nobody), NO_SUCH_KEY);
    const gone = await admin.user('gone');
    expectDenial(await ask(gone), [403, 'AccessDenied', 'Access Denied.'], 'ServerTime');
    await admin.call('PUT', `keys/${gone.secretId}`, { enabled: false });
    expectDenial(await ask(gone), NO_SUCH_KEY);
    await admin.call('DELETE', `keys/${gone.secretId}`);
    expectDenial(await ask(gone), NO_SUCH_KEY);
  });

  it('that are wrong', async () => {
    const error = expectDenial(
      await signedAt(-5, 600, { secretKey: 'x'.repeat(32) }),
      [403, 'SignatureDoesNotMatch', 'The Signature you specified is invalid.'],
      'StringToSign',
      'FormatString',
    );
    expect(error['StringToSign']).toMatch(/^sha1\n\d+;\d+\n[0-9a-f]{40}\n$/);
    expect(error['FormatString']).toBe(`get\n/k\n\nhost=${HOST}\n`);
  });

  it('whose time is over', async () => {
    expectDenial(await signedAt(-600, -60), [403, 'AccessDenied', 'Request has expired'], 'ServerTime');
  });

  it('whose clock is more than 15 minutes off', async () => {
    const message = 'The difference between the request time and the current time is too large.';
    expectDenial(await signedAt(930, 3_600), [403, 'RequestTimeTooSkewed', message], 'ServerTime');
    expect((await signedAt(870, 3_600)).status).toBe(200);
  });

  it('of temporary keys whose time is over', async () => {
    expectDenial(await ask(expired), [403, 'ExpiredToken', 'The provided token has expired.']);
    const form = { method: 'POST', form: { key: 'form', file: 'x' } };
    expectDenial(await ask(expired, form), [403, 'ExpiredToken', 'The provided token has expired.']);
  });

  it('of a temporary key without its token', async () => {
    const { secretId, secretKey } = await admin.session(ROOT, [EVERYTHING], 1_800);
    expectDenial(await ask({ secretId, secretKey }), NO_SUCH_KEY);
  });

  it('that a bucket wants to be strict', async () => {
    const rules = (list: string) =>
      `<StrictSignatureConfiguration><Rule><ID>r</ID><actionlist><action>*</action></actionlist>${list}</Rule>` +
      '</StrictSignatureConfiguration>';
    const strict = await makeBucket(server, 'denials-strict');
    const get = (asked: Asked) => askAs(server.port, ROOT, `denials-strict-${APPID}`, asked);
    await put(strict, 'k', 'hello');
    const set = (list: string) => strict({ method: 'PUT', query: { 'strict-signature': '' }, body: rules(list) });
    await expectStatus(set('<headerlist><header>Range</header></headerlist>'), 200);
    const missing = (what: string) =>
      [403, 'AccessDenied', `Strict signature missing ${what} that must be signed`] as const;
    expectDenial(await get({ ...GET, headers: { range: 'bytes=0-1' } }), missing('header'), 'ServerTime');
    expect((await get(GET)).text).toBe('hello');
    await expectStatus(set('<paramlist><param>prefix</param></paramlist>'), 200);
    expectDenial(await get({ method: 'GET', query: { prefix: 'k' } }), missing('param'), 'ServerTime');
    expect((await get({ method: 'GET' })).status).toBe(200);
  });
});

describe('where a request comes from', () => {
  it('by the rules of referers', async () => {
    const listed = await makeBucket(server, 'denials-referer', { acl: 'public-read' });
    await put(listed, 'k', 'hello');
    const body =
      '<RefererConfiguration><Status>Enabled</Status><RefererType>White-List</RefererType><DomainList>' +
      '<Domain>good.example</Domain></DomainList></RefererConfiguration>';
    await expectStatus(listed({ method: 'PUT', query: { referer: '' }, body }), 200);
    const from = (Referer: string) => listed({ ...GET, signed: false, headers: { Referer } });
    const denial = [403, 'AccessDenied', 'You are denied by bucket referer rule'] as const;
    expectDenial(await from('https://bad.example/'), denial, 'ServerTime');
    expectDenial(await listed({ ...GET, signed: false }), denial, 'ServerTime');
    expect((await from('https://good.example/page')).text).toBe('hello');
  });

  it('by the rules of CORS, at the preflight', async () => {
    const headers = { Origin: 'https://bad.example', 'Access-Control-Request-Method': 'PUT' };
    const preflight = () => ask(undefined, { method: 'OPTIONS', key: 'k', headers });
    const denial = 'CORSResponse: This CORS request is not allowed.';
    expect(expectError(await preflight(), 403, 'AccessForbidden', denial)['ServerTime']).toBeUndefined();
    const rule = '<AllowedOrigin>https://good.example</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>';
    const body = `<CORSConfiguration><CORSRule>${rule}</CORSRule></CORSConfiguration>`;
    await expectStatus(send({ method: 'PUT', query: { cors: '' }, body }), 200);
    expectError(await preflight(), 403, 'AccessForbidden', denial);
    headers.Origin = 'https://good.example';
    expect((await preflight()).status).toBe(200);
  });
});

describe('the policy of a form', () => {
  const post = (conditions: unknown[], expiresIn: number) =>
    ask(ROOT, { method: 'POST', form: { key: 'up/form', file: 'x' }, conditions, expiresIn });

  it('has a condition that does not hold', async () => {
    const message = "Condition key key doesn't match the value other/";
    const answer = await post([['starts-with', '$key', 'other/']], 600);
    expectDenial(answer, [403, 'AccessDenied', message], 'ServerTime');
    expect((await post([['starts-with', '$key', 'up/']], 600)).status).toBe(204);
  });

  it('is over', async () => {
    const answer = await post([], 1);
    const error = expectError(
      answer,
      403,
      'AccessDenied',
      'You post object request has been expired, expiration time: ',
    );
    expect(Object.keys(error)).toEqual(ELEMENTS('ServerTime'));
    const [, expiration, now] = /: (\d+) but the time now : (\d+)$/.exec(error['Message']!)!;
    expect(Number(now) - Number(expiration)).toBeGreaterThan(60);
  });
});

describe('states of objects and buckets', () => {
  it('a locked object, a locked bucket', async () => {
    const locking = await makeBucket(server, 'denials-locked', { lockDays: 0 });
    const until = (year: number) => ({
      'x-cos-object-lock-mode': 'COMPLIANCE',
      'x-cos-object-lock-retain-until-date': `${year}-01-01T00:00:00.000Z`,
    });
    await put(locking, 'k', 'hello', until(2049));
    // After the permission check: the root is refused, and so is who may do anything; who may nothing is told that.
    const at = { ...GET, method: 'DELETE' };
    const remove = (signer: Signer | undefined) => askAs(server.port, signer, `denials-locked-${APPID}`, at);
    expectDenial(await remove(ROOT), [409, 'ObjectLocked', 'The object is locked.']);
    expectDenial(await remove(user), [403, 'AccessDenied', 'Access Denied.'], 'ServerTime');
    await admin.allow('user', [EVERYTHING]);
    try {
      expectDenial(await remove(user), [409, 'ObjectLocked', 'The object is locked.']);
    } finally {
      await admin.allow('user', [{ ...EVERYTHING, action: 'name/cos:None' }]);
    }
    const body =
      '<IntelligentTieringConfiguration><Status>Enabled</Status><Transition><Days>30</Days>' +
      '<RequestFrequent>1</RequestFrequent></Transition></IntelligentTieringConfiguration>';
    const tiering = await locking({ method: 'PUT', query: { intelligenttiering: '' }, body });
    expect(Object.keys(expectError(tiering, 409, 'BucketLocked'))).toEqual(ELEMENTS());
    // What the older pages call InvalidLockedTime (spec/objects.md §7 has the newer rule, which decides).
    const retention =
      '<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2048-01-01T00:00:00.000Z</RetainUntilDate></Retention>';
    const shorter = await locking({ method: 'PUT', key: 'k', query: { retention: '' }, body: retention });
    expectDenial(shorter, [400, 'InvalidObjectLock', 'The retain until date can only be moved to a later one.']);
  });

  it('an archived object, once the permission is there', async () => {
    await put(send, 'cold', 'hello', { 'x-cos-storage-class': 'ARCHIVE' });
    const cold = { method: 'GET', key: 'cold' };
    const state = [403, 'InvalidObjectState', 'The operation is not valid for the object storage class.'] as const;
    expectDenial(await ask(ROOT, cold), state);
    expectDenial(await ask(user, cold), [403, 'AccessDenied', 'Access Denied.'], 'ServerTime');
    const headers = { 'x-cos-copy-source': `${HOST}/cold` };
    expectDenial(await ask(ROOT, { method: 'PUT', key: 'warm', headers }), state);
  });
});

describe('limits', () => {
  const id = (uin: number) => `qcs::cam::uin/${uin}:uin/${uin}`;
  const grant = (bucket: Send, uin: number) =>
    bucket({ method: 'PUT', query: { acl: '' }, headers: { 'x-cos-grant-read': `id="${id(uin)}"` } });

  it('of what one identity is granted', async () => {
    const buckets = await Promise.all(['one', 'two', 'three'].map((name) => makeBucket(server, `denials-${name}`)));
    const [one, two, three] = buckets as [Send, Send, Send];
    await expectStatus(grant(one, 100000000077), 200);
    await expectStatus(grant(two, 100000000077), 200);
    const full = [400, 'AttachmentFull', 'The number of policies attached has reached the limit.'] as const;
    expectDenial(await grant(three, 100000000077), full);
    await expectStatus(grant(three, 100000000078), 200);
  });

  it('of grants of one ACL, and of the size of a policy', async () => {
    const ids = Array.from({ length: 101 }, (_, at) => `id="${100000000100 + at}"`).join();
    const many = await send({ method: 'PUT', query: { acl: '' }, headers: { 'x-cos-grant-read': ids } });
    expect(Object.keys(expectError(many, 400, 'AttachmentFull'))).toEqual(ELEMENTS());
    const statement = [{ principal: '*', ...EVERYTHING, sid: 'x'.repeat(20_480) }];
    const body = JSON.stringify({ version: '2.0', statement });
    const large = await send({ method: 'PUT', query: { policy: '' }, body });
    expectDenial(large, [400, 'PolicyFull', 'Your policy or acl has reached the limit']);
  });
});

describe('with other settings', () => {
  it('a bucket in the path, and a token that is over by the newer list', async () => {
    const flags = ['--path-style', 'refuse', '--errors-profile', 'current', '--test-clock'];
    const other = await startServerProcess({ flags });
    try {
      await makeBucket(other, 'denials');
      const host = `cos.${REGION}.myqcloud.com`;
      const raw = await exchange(other.port, [`GET /${BUCKET}/k HTTP/1.1\r\nHost: ${host}\r\n\r\n`]);
      const message = 'The bucket you are attempting to access must be addressed using COS virtual-styled domain.';
      expect(expectError(raw, 403, 'PathStyleDomainForbidden')['Message']).toBe(message);
      const token = await adminOf(other).session(ROOT, [EVERYTHING], EXPIRED_S);
      expect((await askAs(other.port, token, BUCKET, { method: 'GET' })).status).toBe(200);
      await advanceClock(other, `${2 * EXPIRED_S}s`);
      expectError(await askAs(other.port, token, BUCKET, { method: 'GET' }), 400, 'ExpiredToken');
      expectError(await clientOf(other, 'denials')({ method: 'GET', signed: false }), 403, 'AccessDenied');
    } finally {
      await other.remove();
    }
  });
});
