/** Bucket policies: what is taken, what GET shows, what they open and close. Source: spec/access.md §7, §8; spec/buckets.md §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, put } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without a policy. */
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'policy');
  bare = await makeBucket(server, 'policy-bare');
});
afterAll(() => server.remove());

const resource = (bucket: string, pattern: string) => `qcs::cos:${REGION}:uid/${APPID}:${bucket}-${APPID}/${pattern}`;
const statement = (given: object) => ({
  principal: { qcs: ['qcs::cam::anyone:anyone'] },
  effect: 'allow',
  action: ['name/cos:GetObject'],
  resource: [resource('policy', '*')],
  ...given,
});
const policyOf = (...statements: object[]) => ({ version: '2.0', statement: statements });
const setPolicy = (policy: object | string, headers: Record<string, string> = {}, to = send) =>
  to({
    method: 'PUT',
    query: { policy: '' },
    headers,
    body: typeof policy === 'string' ? policy : JSON.stringify(policy),
  });
const getPolicy = (from = send) => from({ method: 'GET', query: { policy: '' } });
const deletePolicy = (from = send) => from({ method: 'DELETE', query: { policy: '' } });

describe('PutBucketPolicy', () => {
  it('takes a policy with and without Content-MD5, of any type, and replaces it whole', async () => {
    const body = JSON.stringify(policyOf(statement({})));
    const headers = { 'Content-MD5': md5Base64(body), 'Content-Type': 'application/xml' };
    expect((await expectStatus(setPolicy(body, headers), 204)).text).toBe('');
    expect(JSON.parse((await getPolicy()).text).Statement).toEqual([statement({})]);
    await expectStatus(setPolicy(policyOf(statement({ effect: 'Deny' }))), 204);
    expect(JSON.parse((await getPolicy()).text).Statement).toEqual([statement({ effect: 'Deny' })]);
    await expectStatus(deletePolicy(), 204);
  });

  it.each([
    ['no JSON', '{"version":"2.0",'],
    ['no object', '[]'],
    ['no version', { statement: [statement({})] }],
    ['another version', { ...policyOf(statement({})), version: '3.0' }],
    ['no statement', { version: '2.0' }],
    ['an effect that is none', policyOf(statement({ effect: 'maybe' }))],
    ['no principal', policyOf(statement({ principal: undefined }))],
    ['no action', policyOf(statement({ action: undefined }))],
    ['no resource', policyOf(statement({ resource: undefined }))],
    ['an operator that is none', policyOf(statement({ condition: { string_alike: { 'qcs:ip': '1' } } }))],
  ])('refuses %s', async (_, policy) => {
    expectError(await setPolicy(policy, {}, bare), 400, 'MalformedPolicy');
    expect((await getPolicy(bare)).status).toBe(404);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const body = Buffer.from(JSON.stringify(policyOf(statement({ sid: 'é' }))), 'latin1');
    expectError(await bare({ method: 'PUT', query: { policy: '' }, body }), 400, 'MalformedPolicy');
  });

  it('takes 20 KiB and no more', async () => {
    const padded = (size: number) => JSON.stringify(policyOf(statement({}))).padEnd(size, ' ');
    await expectStatus(setPolicy(padded(20_480)), 204);
    expectError(await setPolicy(padded(20_481)), 400, 'PolicyFull', 'has reached the limit');
    await expectStatus(deletePolicy(), 204);
  });

  it('checks the body', async () => {
    const body = JSON.stringify(policyOf(statement({})));
    expectError(await setPolicy('', {}, bare), 400, 'MissingRequestBodyError');
    expectError(await setPolicy(body, { 'Content-MD5': md5Base64('other') }, bare), 400, 'BadDigest');
    expectError(await setPolicy(body, { 'Content-MD5': 'abc' }, bare), 400, 'InvalidDigest');
    expect((await getPolicy(bare)).status).toBe(404);
  });

  it('is for the owner, whatever ACLs say', async () => {
    const open = await makeBucket(server, 'policy-open', { acl: 'public-read-write' });
    const unsigned: Send = (sent) => open({ ...sent, signed: false });
    expectError(await setPolicy(policyOf(statement({})), {}, unsigned), 403, 'AccessDenied');
    expectError(await getPolicy(unsigned), 403, 'AccessDenied');
    expectError(await deletePolicy(unsigned), 403, 'AccessDenied');
  });

  it('opens what it allows, and closes what it denies', async () => {
    const bucket = await makeBucket(server, 'policy-acts');
    await put(bucket, 'open/k', 'x');
    await put(bucket, 'shut/k', 'x');
    const read = async (key: string) => (await bucket({ method: 'GET', key, signed: false })).status;
    expect([await read('open/k'), await read('shut/k')]).toEqual([403, 403]);
    const inOpen = statement({ resource: [resource('policy-acts', 'open/*')] });
    await expectStatus(setPolicy(policyOf(inOpen), {}, bucket), 204);
    expect([await read('open/k'), await read('shut/k')]).toEqual([200, 403]);
    await expectStatus(bucket({ method: 'PUT', query: { acl: '' }, headers: { 'x-cos-acl': 'public-read' } }), 200);
    expect([await read('open/k'), await read('shut/k')]).toEqual([200, 200]);
    const deny = statement({ effect: 'deny', action: '*', resource: [resource('policy-acts', 'shut/*')] });
    await expectStatus(setPolicy(policyOf(inOpen, deny), {}, bucket), 204);
    expect([await read('open/k'), await read('shut/k')]).toEqual([200, 403]);
    expect((await bucket({ method: 'GET', key: 'shut/k' })).status).toBe(200);
    await expectStatus(deletePolicy(bucket), 204);
    expect([await read('open/k'), await read('shut/k')]).toEqual([200, 200]);
  });

  it('can shut the root out of everything but the policy', async () => {
    const bucket = await makeBucket(server, 'policy-root');
    const owner = /<ID>([^<]+)</.exec((await bucket({ method: 'GET', query: { acl: '' } })).text)![1]!;
    const deny = statement({ principal: { qcs: [owner] }, effect: 'deny', action: '*', resource: '*' });
    await expectStatus(setPolicy(policyOf(deny), {}, bucket), 204);
    expectError(await bucket({ method: 'GET' }), 403, 'AccessDenied');
    expectError(await bucket({ method: 'PUT', key: 'k', body: 'x' }), 403, 'AccessDenied');
    await expectStatus(getPolicy(bucket), 200);
    await expectStatus(setPolicy(policyOf(deny), {}, bucket), 204);
    await expectStatus(deletePolicy(bucket), 204);
    await put(bucket, 'k', 'x');
  });
});

describe('GetBucketPolicy', () => {
  it('has Statement at the top, and the statements as they were put', async () => {
    const legacy = `qcs::cos:${REGION}:uid/${APPID}:policy-${APPID}//${APPID}/policy/p/*`;
    const principal = { qcs: ['qcs::cam::uin/10001:uin/10001'] };
    const own = { principal: '*', Effect: 'ALLOW', Action: 'cos:GetObject', Resource: '*', Sid: 'mine', more: [1] };
    const inherits = { effect: 'allow', action: ['name/cos:GetBucket'], resource: [legacy] };
    await expectStatus(setPolicy({ version: '2.0', principal, statement: [inherits, own] }), 204);
    const answer = await expectStatus(getPolicy(), 200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.text.startsWith('{"Statement":[')).toBe(true);
    expect(JSON.parse(answer.text)).toEqual({ Statement: [{ ...inherits, principal }, own], version: '2.0' });
    await expectStatus(deletePolicy(), 204);
  });

  it('shows a policy that grows by the principal of the document, and it acts', async () => {
    const bucket = await makeBucket(server, 'policy-grows');
    await put(bucket, 'k', 'x');
    const qcs = [...Array.from({ length: 200 }, (_, i) => `qcs::cam::uin/${1000 + i}:root`), '*'];
    const rest = { effect: 'allow', action: '*', resource: '*' };
    await expectStatus(
      setPolicy({ version: '2.0', principal: { qcs }, statement: Array.from({ length: 100 }, () => rest) }, {}, bucket),
      204,
    );
    const shown = await expectStatus(getPolicy(bucket), 200);
    expect(shown.text.length).toBeGreaterThan(20 * 1024);
    expect((await bucket({ method: 'GET', key: 'k', signed: false })).status).toBe(200);
  });

  it('has its own error where there is none', async () => {
    expectError(await getPolicy(bare), 404, 'NoSuchPolicy');
  });

  it('survives a restart, and acts after it', async () => {
    const first = await startServerProcess();
    const bucket = await makeBucket(first, 'kept');
    await put(bucket, 'k', 'x');
    await expectStatus(setPolicy(policyOf(statement({ resource: [resource('kept', '*')] })), {}, bucket), 204);
    await first.stop();
    const second = await startServerProcess({ folder: first.folder });
    try {
      const kept = clientOf(second, 'kept');
      expect((await kept({ method: 'GET', key: 'k', signed: false })).text).toBe('x');
      expect((await getPolicy(kept)).status).toBe(200);
    } finally {
      await second.remove();
    }
  });
});

describe('DeleteBucketPolicy', () => {
  it('need not find one', async () => {
    expect((await expectStatus(deletePolicy(bare), 204)).text).toBe('');
    await expectStatus(setPolicy(policyOf(statement({})), {}, bare), 204);
    await expectStatus(deletePolicy(bare), 204);
    expect(failure(await getPolicy(bare))).toEqual([404, 'NoSuchPolicy']);
  });

  it('is for the root of the account alone', async () => {
    const action = ['name/cos:DeleteBucketPolicy', 'name/cos:GetBucketPolicy'];
    await expectStatus(setPolicy(policyOf(statement({ action, resource: '*' })), {}, bare), 204);
    const unsigned: Send = (sent) => bare({ ...sent, signed: false });
    await expectStatus(getPolicy(unsigned), 200);
    expectError(await deletePolicy(unsigned), 403, 'AccessDenied');
    await expectStatus(deletePolicy(bare), 204);
  });

  it.each(SDKS)('and the others, through the SDK %s', async (version, make) => {
    const cos = make(server);
    const short = `policy-sdk-${version.replace('.', '-')}`;
    await makeBucket(server, short);
    const at = { Bucket: `${short}-${APPID}`, Region: REGION };
    const legacy = `qcs::cos:${REGION}:uid/${APPID}:${at.Bucket}//${APPID}/${short}/abc/*`;
    const Policy = {
      version: '2.0',
      principal: { qcs: ['qcs::cam::uin/10001:uin/10001'] },
      statement: [{ effect: 'allow', action: ['name/cos:GetBucket', 'name/cos:PutObject'], resource: [legacy] }],
    };
    await cos.putBucketPolicy({ ...at, Policy });
    expect((await cos.getBucketPolicy(at)).Policy.Statement[0].resource[0]).toBe(legacy);
    await cos.putBucketPolicy({ ...at, Policy: JSON.stringify(Policy) });
    await cos.deleteBucketPolicy(at);
    await expect(cos.getBucketPolicy(at)).rejects.toMatchObject({ ErrorStatus: 'Policy Not Found' });
    await expect(cos.putBucketPolicy({ ...at, Bucket: `absent-${APPID}`, Policy })).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});
