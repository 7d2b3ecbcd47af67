/** Replication rules of a bucket; that they act is in ../replication.test.ts. Source: spec/buckets.md §22. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization } from '../../../src/cos/signature/sign.ts';
import { expectStatus, makeBucket, md5Base64, setVersioning, textsOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Send, Sent } from '../../support/http.ts';
import { clientOf } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without rules. */
let bare: Send;
/** Never versioned. */
let plain: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'source', { versioning: 'Enabled' });
  bare = await makeBucket(server, 'bare', { versioning: 'Enabled' });
  plain = await makeBucket(server, 'plain');
  await makeBucket(server, 'first', { versioning: 'Enabled' });
  await makeBucket(server, 'second', { versioning: 'Enabled' });
  await makeBucket(server, 'paused', { versioning: 'Suspended' });
  await makeBucket(server, 'locked', { lockDays: 0 });
});
afterAll(() => server.remove());

const ROLE = 'qcs::cam::uin/100000000001:uin/100000000001';
const configuration = (...rules: string[]) =>
  `<ReplicationConfiguration><Role>${ROLE}</Role>${rules.map((rule) => `<Rule>${rule}</Rule>`).join('')}</ReplicationConfiguration>`;
const to = (bucket: string, more = '') =>
  `<Destination><Bucket>qcs::cos:${REGION}::${bucket}-${APPID}</Bucket>${more}</Destination>`;
const status = (text = 'Enabled') => `<Status>${text}</Status>`;
const prefix = (text: string) => `<Prefix>${text}</Prefix>`;
const priority = (number: number) => `<Priority>${number}</Priority>`;
const rule = (destination: string, scope = prefix('')) => status() + scope + destination;

const setRules = (client: Send, body: string, headers: Sent['headers'] = {}) =>
  client({ method: 'PUT', query: { replication: '' }, body, headers });
const getRules = (client: Send) => client({ method: 'GET', query: { replication: '' } });
const deleteRules = (client: Send) => client({ method: 'DELETE', query: { replication: '' } });

const FULL = configuration(
  `<ID>RuleId_01</ID>${status()}${priority(1)}<Filter><And>${prefix('a/')}<Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>` +
    to(
      'first',
      '<StorageClass>Standard_IA</StorageClass><EncryptionConfiguration><ReplicaKmsKeyID>key</ReplicaKmsKeyID></EncryptionConfiguration>',
    ) +
    `<DeleteMarkerReplication>${status('Disabled')}</DeleteMarkerReplication>` +
    `<SourceSelectionCriteria><SseKmsEncryptedObjects>${status()}</SseKmsEncryptedObjects></SourceSelectionCriteria>`,
  `${status('Disabled')}${priority(2)}<Filter>${prefix('b')}</Filter>${to('second')}`,
);

describe('PutBucketReplication', () => {
  it('takes everything a rule may have, and gives it back as it came', async () => {
    await expectStatus(setRules(send, FULL, { 'Content-MD5': md5Base64(FULL) }), 200);
    expect((await expectStatus(getRules(send), 200)).text).toBe(FULL);
    await expectStatus(setRules(send, configuration(rule(to('first'), prefix('x')))), 200);
    expect((await getRules(send)).text).toBe(configuration(rule(to('first'), prefix('x'))));
  });

  it.each([
    [`qcs:id/0:cos:${REGION}:appid/${APPID}:first`],
    [`qcs::cos:${REGION}:uid/${APPID}:first-${APPID}`],
    [`qcs::cos:${REGION}::first-${APPID}`],
  ])('takes the spelling %s', async (name) => {
    const destination = `<Destination><Bucket>${name}</Bucket></Destination>`;
    await expectStatus(setRules(send, configuration(rule(destination))), 200);
    expect(textsOf((await getRules(send)).text, 'Bucket')).toEqual([name]);
  });

  it('takes any Role, and no Prefix', async () => {
    const body = configuration(status() + to('first')).replaceAll('100000000001', '2832742109');
    await expectStatus(setRules(send, body), 200);
    expect((await getRules(send)).text).toBe(body);
  });

  it.each([
    ['no rule', configuration()],
    ['no Role', configuration(rule(to('first'))).replace(/<Role>.*<\/Role>/, '')],
    ['no Destination', configuration(status())],
    ['no Bucket', configuration(`${status()}<Destination/>`)],
    ['no Status', configuration(to('first'))],
    ['an unknown Status', configuration(status('On') + to('first'))],
    ['a Priority in words', configuration(`${status()}<Priority>high</Priority>${to('first')}`)],
    ['Prefix beside Filter', configuration(rule(to('first'), `${prefix('a')}<Filter>${prefix('a')}</Filter>`))],
    [
      'two conditions without And',
      configuration(rule(to('first'), '<Filter><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></Filter>')),
    ],
    ['a Tag without Value', configuration(rule(to('first'), '<Filter><Tag><Key>k</Key></Tag></Filter>'))],
    ['another root', '<Replication/>'],
    ['no XML', 'ReplicationConfiguration'],
  ])('refuses %s', async (_, body) => {
    expectError(await setRules(send, body), 400, 'MalformedXML');
  });

  it.each([
    ['a malformed name', configuration(rule('<Destination><Bucket>first</Bucket></Destination>'))],
    ['the source itself', configuration(rule(to('source')))],
    ['overlapping prefixes', configuration(rule(to('first'), prefix('a')), rule(to('first'), prefix('ab')))],
    ['all keys beside a prefix', configuration(rule(to('first'), ''), rule(to('first'), prefix('ab')))],
    [
      'one priority twice',
      configuration(priority(1) + rule(to('first'), prefix('a')), priority(1) + rule(to('first'), prefix('b'))),
    ],
    [
      'one id twice',
      configuration(`<ID>i</ID>${rule(to('first'), prefix('a'))}`, `<ID>i</ID>${rule(to('first'), prefix('b'))}`),
    ],
    ['1,001 rules', configuration(...Array.from({ length: 1_001 }, (_, i) => rule(to('first'), prefix(`${i}/`))))],
  ])('refuses %s', async (_, body) => {
    expectError(await setRules(send, body), 400, 'InvalidArgument');
  });

  it('takes 1,000 rules, also next to disabled ones that would overlap', async () => {
    const rules = Array.from({ length: 1_000 }, (_, i) => rule(to('first'), prefix(`${i}/`)));
    await expectStatus(setRules(send, configuration(...rules)), 200);
    const overlapping = `${status('Disabled')}${prefix('a')}${to('first')}`;
    await expectStatus(setRules(send, configuration(rule(to('first'), prefix('a')), overlapping)), 200);
  });

  it('takes several destinations where priorities tell which rule goes first', async () => {
    const two = [rule(to('first'), prefix('a')), rule(to('second'), prefix('b'))] as const;
    expectError(await setRules(send, configuration(...two)), 400, 'MultiBucketNotSupport');
    expectError(await setRules(send, configuration(priority(1) + two[0], two[1])), 400, 'MultiBucketNotSupport');
    await expectStatus(setRules(send, configuration(priority(1) + two[0], priority(2) + two[1])), 200);
    const many = Array.from({ length: 11 }, (_, i) => priority(i + 1) + rule(to(`b${i}`)));
    expectError(await setRules(send, configuration(...many)), 400, 'InvalidArgument');
  });

  it('wants versioning on both sides, and no object lock', async () => {
    expectError(await setRules(plain, configuration(rule(to('first')))), 409, 'InvalidBucketState');
    expectError(await setRules(send, configuration(rule(to('plain')))), 409, 'InvalidBucketState');
    expectError(await setRules(send, configuration(rule(to('paused')))), 409, 'InvalidBucketState');
    const locked = clientOf(server, 'locked');
    expectError(await setRules(locked, configuration(rule(to('first')))), 409, 'InvalidBucketState');
  });

  it('keeps versioning, and object lock away, as long as there are rules', async () => {
    const client = await makeBucket(server, 'kept', { versioning: 'Enabled' });
    await expectStatus(setRules(client, configuration(rule(to('first')))), 200);
    const suspend = '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>';
    const refused = await client({ method: 'PUT', query: { versioning: '' }, body: suspend });
    expectError(refused, 409, 'InvalidBucketState');
    const lock = '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>';
    expectError(await client({ method: 'PUT', query: { 'object-lock': '' }, body: lock }), 409, 'InvalidBucketState');
    await expectStatus(deleteRules(client), 204);
    await setVersioning(client, 'Suspended');
  });

  it('looks for the destination in its region, and at whose it is', async () => {
    expectError(await setRules(send, configuration(rule(to('nobodys')))), 404, 'NoSuchBucket', 'destination');
    const elsewhere = configuration(rule(to('first'))).replace(REGION, 'ap-beijing');
    expectError(await setRules(send, elsewhere), 404, 'NoSuchBucket');
    const operator = { COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
    const cosette = async (env: Record<string, string>, ...args: string[]): Promise<Record<string, string>> => {
      const flags = ['--ready-file', join(server.folder, 'ready.json'), '--json'];
      const options = { env: { ...process.env, ...env } };
      const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli/main.js', ...args, ...flags], options);
      return JSON.parse(stdout) as Record<string, string>;
    };
    const account = await cosette(operator, 'account', 'create', 'other');
    const pair = await cosette(operator, 'key', 'create', '--account', 'other');
    const bucket = `theirs-${account['appid']}`;
    const from = Math.floor(Date.now() / 1_000) - 1;
    const { secretId = '', secretKey = '' } = pair;
    const Authorization = authorization({ secretId, secretKey, method: 'PUT', path: '/', from, to: from + 600 });
    await expectStatus(send({ method: 'PUT', bucket, headers: { Authorization }, signed: false }), 200);
    const foreign = `<Destination><Bucket>qcs::cos:${REGION}::${bucket}</Bucket></Destination>`;
    expectError(await setRules(send, configuration(rule(foreign))), 403, 'AccessDenied');
  });

  it('judges the storage class by the buckets', async () => {
    const into = (name: string) => configuration(rule(to('first', `<StorageClass>${name}</StorageClass>`)));
    expectError(await setRules(send, into('GLACIER')), 400, 'NotSupportedStorageClass');
    expectError(await setRules(send, into('MAZ_STANDARD')), 400, 'NotSupportedStorageClass');
    const spread = await makeBucket(server, 'spread', { multiAz: true, versioning: 'Enabled' });
    expectError(await setRules(spread, into('STANDARD')), 400, 'NotSupportedStorageClass');
    await expectStatus(setRules(send, into('intelligent_tiering')), 200);
  });

  it('judges the body as every configuration', async () => {
    const body = configuration(rule(to('first')));
    expectError(await setRules(send, ''), 400, 'MissingRequestBodyError');
    expectError(await setRules(send, body, { 'Content-MD5': md5Base64('x') }), 400, 'BadDigest');
    expectError(await setRules(send, body, { 'Content-MD5': 'x' }), 400, 'InvalidDigest');
    expectError(await setRules(send, `${body}${' '.repeat(1024 ** 2)}`), 400, 'XMLSizeLimit');
    expectError(await setRules(clientOf(server, 'nobodys'), body), 404, 'NoSuchBucket');
    expectError(await send({ method: 'PUT', query: { replication: '' }, body, signed: false }), 403, 'AccessDenied');
  });
});

describe('GetBucketReplication', () => {
  it('tells when the rules were set', async () => {
    await expectStatus(setRules(send, FULL), 200);
    const { headers } = await expectStatus(getRules(send), 200);
    const time = String(headers['x-cos-replication-rule-creation-time']);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000);
  });

  it('is not found where there are none', async () => {
    expectError(await getRules(bare), 404, 'ReplicationConfigurationNotFoundError');
    expectError(await getRules(clientOf(server, 'nobodys')), 404, 'NoSuchBucket');
    expectError(await bare({ method: 'GET', query: { replication: '' }, signed: false }), 403, 'AccessDenied');
  });

  it.each(SDKS)('is read by the Node SDK %s', async (_, make) => {
    const sdk = make(server);
    const bucket = { Bucket: `source-${APPID}`, Region: REGION };
    const destination = { Bucket: `qcs::cos:${REGION}::first-${APPID}` };
    const rules = [{ ID: 'one', Status: 'Enabled', Prefix: 'sync/', Destination: destination }];
    await sdk.putBucketReplication({ ...bucket, ReplicationConfiguration: { Role: ROLE, Rules: rules } });
    const { ReplicationConfiguration } = await sdk.getBucketReplication(bucket);
    expect(ReplicationConfiguration).toEqual({ Role: ROLE, Rules: rules });
    await sdk.deleteBucketReplication(bucket);
    await expect(sdk.getBucketReplication(bucket)).rejects.toMatchObject({
      statusCode: 404,
      code: 'ReplicationConfigurationNotFoundError',
    });
  });
});

describe('DeleteBucketReplication', () => {
  it('takes the rules away, once and again', async () => {
    await expectStatus(setRules(send, FULL), 200);
    expect((await expectStatus(deleteRules(send), 204)).text).toBe('');
    await expectStatus(deleteRules(send), 204);
    expectError(await getRules(send), 404, 'ReplicationConfigurationNotFoundError');
    expectError(await deleteRules(clientOf(server, 'nobodys')), 404, 'NoSuchBucket');
    expectError(await send({ method: 'DELETE', query: { replication: '' }, signed: false }), 403, 'AccessDenied');
  });
});
