/** Strict signature mode. Source: spec/protocol.md §16, spec/buckets.md §27. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, put } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send, type Sent } from '../../support/http.ts';
import { authorization } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without rules. */
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'strict');
  bare = await makeBucket(server, 'strict-bare');
  await put(send, 'k', 'hello');
});
afterAll(() => server.remove());

const Host = `strict-${APPID}.cos.${REGION}.myqcloud.com`;
const list = (name: string, texts: readonly string[]) =>
  texts.length === 0 ? '' : `<${name}list>${texts.map((text) => `<${name}>${text}</${name}>`).join('')}</${name}list>`;
interface Rule {
  readonly id?: string;
  readonly actions?: readonly string[];
  readonly headers?: readonly string[];
  readonly params?: readonly string[];
}
const rule = ({ id = 'rule1', actions = ['*'], headers = [], params = [] }: Rule) =>
  `<Rule><ID>${id}</ID>${list('action', actions)}${list('header', headers)}${list('param', params)}</Rule>`;
const configuration = (...rules: string[]) =>
  `<StrictSignatureConfiguration>${rules.join('')}</StrictSignatureConfiguration>`;
const at = { 'strict-signature': '' };
const setRules = (body: string, headers: Record<string, string> = {}, to = bare) =>
  to({ method: 'PUT', query: at, headers, body });
const getRules = (from = bare) => from({ method: 'GET', query: at });
const deleteRules = (from = bare) => from({ method: 'DELETE', query: at });

/** A request that signs these headers and parameters, and no others. */
function signing(
  sent: Sent,
  headers: Record<string, string>,
  query: Record<string, string> = {},
  how: 'header' | 'query' | 'sign' = 'header',
  break_ = (signature: string) => signature,
) {
  const signature = break_(authorization(sent.method, `/${sent.key ?? ''}`, headers, query));
  const fields =
    how === 'header' ? {} : how === 'sign' ? { sign: signature } : Object.fromEntries(new URLSearchParams(signature));
  return send({
    ...sent,
    query: { ...sent.query, ...fields },
    headers: { ...sent.headers, ...(how === 'header' ? { Authorization: signature } : {}) },
    signed: false,
  });
}
const HEADER = 'Strict signature missing header that must be signed';
const PARAM = 'Strict signature missing param that must be signed';
/** Rules for what does not change the rules, so that each test can set its own. */
const strictly = (given: Rule) =>
  expectStatus(
    setRules(configuration(rule({ actions: ['GetObject', 'PutObject', 'GetBucket'], ...given })), {}, send),
    200,
  );

describe('PutBucketStrictSignature', () => {
  it('takes rules with and without Content-MD5, and gives them back as they were', async () => {
    const body = configuration(
      rule({
        id: 'a-b_c.9',
        actions: ['Head*', 'PutObject', 'Post*'],
        headers: ['Host', 'x-cos-*'],
        params: ['All', 'acl'],
      }),
      rule({ id: 'second', actions: ['DeleteObject'] }),
    );
    expect((await expectStatus(setRules(body, { 'Content-MD5': md5Base64(body) }), 200)).text).toBe('');
    expect((await getRules()).text).toBe(body);
    const other = configuration(rule({ actions: ['HeadObject'] }));
    await expectStatus(setRules(other), 200);
    expect((await getRules()).text).toBe(other);
    await expectStatus(deleteRules(), 204);
  });

  it.each([
    ['no rule', configuration()],
    ['no ID', configuration('<Rule/>')],
    ['another root', '<Strict/>'],
    ['no XML', 'x'],
  ])('refuses %s as malformed', async (_, body) => {
    expectError(await setRules(body), 400, 'MalformedXML');
    expect((await getRules()).status).toBe(404);
  });

  it.each([
    ['eleven rules', configuration(...Array.from({ length: 11 }, () => rule({})))],
    ['PostObject', configuration(rule({ actions: ['PostObject'] }))],
    ['GetService', configuration(rule({ actions: ['GetService'] }))],
    ['an action with a prefix', configuration(rule({ actions: ['name/cos:GetObject'] }))],
    ['a header that cannot be asked for', configuration(rule({ headers: ['User-Agent'] }))],
    ['21 parameters', configuration(rule({ params: Array.from({ length: 21 }, (_, i) => `p${i}`) }))],
    ['an ID of other letters', configuration(rule({ id: 'a b' }))],
  ])('refuses %s as an invalid argument', async (_, body) => {
    expectError(await setRules(body), 400, 'InvalidArgument');
    expect((await getRules()).status).toBe(404);
  });

  it('checks the body', async () => {
    const body = configuration(rule({}));
    expectError(await setRules(''), 400, 'MissingRequestBodyError');
    expectError(await setRules(body, { 'Content-MD5': md5Base64('other') }), 400, 'BadDigest');
    expectError(await setRules(body, { 'Content-MD5': 'abc' }), 400, 'InvalidDigest');
    expectError(await setRules(configuration(rule({}), ' '.repeat(65_536))), 400, 'XMLSizeLimit');
  });

  it('is for the owner alone', async () => {
    const open = await makeBucket(server, 'strict-open', { acl: 'public-read-write' });
    const unsigned: Send = (sent) => open({ ...sent, signed: false });
    expectError(await setRules(configuration(rule({})), {}, unsigned), 403, 'AccessDenied');
    expectError(await getRules(unsigned), 403, 'AccessDenied');
    expectError(await deleteRules(unsigned), 403, 'AccessDenied');
  });
});

describe('signed requests', () => {
  const get: Sent = { method: 'GET', key: 'k' };

  it.each(['header', 'query', 'sign'] as const)('sign the listed headers they bring, in a %s', async (how) => {
    await strictly({ headers: ['Host', 'Range'] });
    expectError(await signing(get, {}, {}, how), 403, 'AccessDenied', HEADER);
    expect((await signing(get, { Host }, {}, how)).text).toBe('hello');
    const ranged = { ...get, headers: { Range: 'bytes=0-1' } };
    expectError(await signing(ranged, { Host }, {}, how), 403, 'AccessDenied', HEADER);
    expect((await signing(ranged, { Host, Range: 'bytes=0-1' }, {}, how)).text).toBe('he');
  });

  it('sign all headers of a pattern, but for the token', async () => {
    await strictly({ headers: ['x-cos-*'] });
    const own = { 'x-cos-meta-a': '1', 'x-cos-acl': 'private' };
    const sent = { method: 'PUT', key: 'new', body: 'x', headers: { ...own, 'x-cos-security-token': 'ignored' } };
    expectError(await signing(sent, { 'x-cos-meta-a': '1' }), 403, 'AccessDenied', HEADER);
    expect((await send({ method: 'HEAD', key: 'new' })).status).toBe(404);
    await expectStatus(signing(sent, own), 200);
  });

  it.each(['header', 'query', 'sign'] as const)('sign the listed parameters they bring, in a %s', async (how) => {
    const asked = { method: 'GET', query: { prefix: 'k', 'max-keys': '5' } };
    await strictly({ params: ['Prefix', 'marker'] });
    expectError(await signing(asked, {}, { 'max-keys': '5' }, how), 403, 'AccessDenied', PARAM);
    await expectStatus(signing(asked, {}, { prefix: 'k' }, how), 200);
    await strictly({ params: ['all'] });
    expectError(await signing(asked, {}, { prefix: 'k' }, how), 403, 'AccessDenied', PARAM);
    await expectStatus(signing(asked, {}, asked.query, how), 200);
    await expectStatus(signing({ method: 'GET' }, {}, {}, how), 200);
  });

  it('are told so before it is told that the signature is wrong', async () => {
    await strictly({ headers: ['Host'] });
    const wrong = (text: string) =>
      text.replace(/q-signature=./, (start) => `${start.slice(0, -1)}${start.endsWith('0') ? '1' : '0'}`);
    expectError(await signing(get, {}, {}, 'header', wrong), 403, 'AccessDenied', HEADER);
    expectError(await signing(get, { Host }, {}, 'header', wrong), 403, 'SignatureDoesNotMatch');
    const nowhere = await signing({ ...get, bucket: `strict-absent-${APPID}` }, {}, {}, 'header', wrong);
    expect(failure(nowhere)).toEqual([403, 'SignatureDoesNotMatch']);
    expect(failure(await signing({ method: 'PATCH', key: 'k' }, {}, {}, 'header', wrong))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ]);
  });

  it('are asked by the rules of their action alone', async () => {
    await strictly({ headers: ['Host'] });
    await expectStatus(signing({ method: 'HEAD', key: 'k' }, {}), 200);
    await strictly({ headers: ['Host'], actions: ['Head*'] });
    await expectStatus(signing(get, {}), 200);
    expect((await signing({ method: 'HEAD', key: 'k' }, {})).status).toBe(403);
  });

  it('alone are asked, not forms nor the anonymous', async () => {
    const open = await makeBucket(server, 'strict-public', { acl: 'public-read-write' });
    await expectStatus(setRules(configuration(rule({ headers: ['Host'], params: ['all'] })), {}, open), 200);
    const unsigned: Send = (sent) => open({ ...sent, signed: false });
    await expectStatus(unsigned({ method: 'PUT', key: 'a', body: 'x' }), 200);
    await expectStatus(unsigned({ method: 'GET', query: { prefix: 'a' } }), 200);
    expectError(await open({ method: 'GET' }), 403, 'AccessDenied', HEADER);
    const body =
      '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nform\r\n' +
      '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--b--\r\n';
    await expectStatus(
      unsigned({ method: 'POST', headers: { 'Content-Type': 'multipart/form-data; boundary=b' }, body }),
      204,
    );
  });
});

describe('GetBucketStrictSignature', () => {
  it('has its own error where there are no rules', async () => {
    expectError(await getRules(), 404, 'NoSuchStrictSignatureConfiguration');
  });

  it('survives a restart', async () => {
    const first = await startServerProcess();
    const body = configuration(rule({ actions: ['GetObject'], headers: ['Host'] }));
    await expectStatus(setRules(body, {}, await makeBucket(first, 'kept')), 200);
    await first.stop();
    const second = await startServerProcess({ folder: first.folder });
    try {
      const kept = clientOf(second, 'kept');
      expect((await getRules(kept)).text).toBe(body);
      expectError(await kept({ method: 'GET', key: 'k' }), 403, 'AccessDenied', HEADER);
    } finally {
      await second.remove();
    }
  });
});

describe('DeleteBucketStrictSignature', () => {
  it('takes the rules away, and need not find any', async () => {
    const gone = await makeBucket(server, 'strict-gone');
    await expectStatus(deleteRules(gone), 204);
    await expectStatus(setRules(configuration(rule({ actions: ['GetBucket'], headers: ['Host'] })), {}, gone), 200);
    expectError(await gone({ method: 'GET' }), 403, 'AccessDenied', HEADER);
    expect((await expectStatus(deleteRules(gone), 204)).text).toBe('');
    await expectStatus(gone({ method: 'GET' }), 200);
    expect(failure(await getRules(gone))).toEqual([404, 'NoSuchStrictSignatureConfiguration']);
  });
});
