/** That replication acts: inside of one deployment, to another Cosette, to a COS. Source: spec/buckets.md §22. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, initiate, makeBucket, put, setVersioning, textOf } from '../support/buckets.ts';
import { type Answer, clientOf, type Send } from '../support/http.ts';
import { allVersions, differentBytes, freePort, lagOf, replicationRules, until } from '../support/replication.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const STATUS = 'x-cos-replication-status';
const SSE = 'x-cos-server-side-encryption';
const CUSTOMER_KEY = Buffer.alloc(32, 'a');
const CUSTOMER = {
  [`${SSE}-customer-algorithm`]: 'AES256',
  [`${SSE}-customer-key`]: CUSTOMER_KEY.toString('base64'),
  [`${SSE}-customer-key-MD5`]: createHash('md5').update(CUSTOMER_KEY).digest('base64'),
};

const versioned = (server: Pick<ServerProcess, 'port'>, name: string) =>
  makeBucket(server, name, { versioning: 'Enabled' });
const setRules = (send: Send, body: string) =>
  expectStatus(send({ method: 'PUT', query: { replication: '' }, body }), 200);
const head = (send: Send, key: string): Promise<Answer> => send({ method: 'HEAD', key });
const statusOf = async (send: Send, key: string) => (await head(send, key)).headers[STATUS];
const settled = (send: Send, key: string, status: string) =>
  until(`${key} ${status}`, async () => (await statusOf(send, key)) === status);
const remove = (send: Send, key: string) => expectStatus(send({ method: 'DELETE', key }), 204);

async function multipart(send: Send, key: string, parts: readonly Buffer[]): Promise<void> {
  const id = await initiate(send, key);
  const done: string[] = [];
  for (const [at, body] of parts.entries()) {
    const query = { uploadId: id, partNumber: String(at + 1) };
    const { headers } = await expectStatus(send({ method: 'PUT', key, query, body }), 200);
    done.push(`<Part><PartNumber>${at + 1}</PartNumber><ETag>${headers['etag']}</ETag></Part>`);
  }
  const body = `<CompleteMultipartUpload>${done.join('')}</CompleteMultipartUpload>`;
  await expectStatus(send({ method: 'POST', key, query: { uploadId: id }, body }), 200);
}

/** Headers that a replica has as its source. */
const SAME = ['etag', 'last-modified', 'content-type', 'cache-control', 'x-cos-meta-who', 'x-cos-version-id'] as const;
const same = ({ headers }: Answer) => SAME.map((name) => headers[name]);

/** Everything there is to an object, the same on both sides. */
async function fill(from: Send): Promise<void> {
  await put(from, 'dir/a b+ü', 'hello', {
    'Cache-Control': 'no-cache',
    'Content-Type': 'text/x-own',
    'x-cos-meta-who': 'anna',
    'x-cos-tagging': 'stage=test&who=x',
    'x-cos-acl': 'public-read',
    'x-cos-storage-class': 'STANDARD_IA',
  });
  await put(from, 'empty', '');
  for (const text of ['1', '22', '333']) await put(from, 'again', text);
  await remove(from, 'again');
  await put(from, 'again', '4444');
  await put(from, 'gone', 'x');
  await remove(from, 'gone');
  await multipart(from, 'large', [Buffer.alloc(1024 ** 2, 'a'), Buffer.alloc(3 * 1024 ** 2, 'b'), Buffer.from('end')]);
  await expectStatus(
    from({
      method: 'PUT',
      key: 'copy',
      headers: { 'x-cos-copy-source': `from-${APPID}.cos.${REGION}.myqcloud.com/large` },
    }),
    200,
  );
}

async function expectEqual(from: Send, to: Send): Promise<void> {
  const versions = await allVersions(from);
  await until('equal listings', async () => JSON.stringify(await allVersions(to)) === JSON.stringify(versions));
  expect(await differentBytes(from, to, versions)).toMatchObject({ different: [] });
  for (const key of ['dir/a b+ü', 'large', 'copy']) {
    const [one, other] = [await head(from, key), await head(to, key)];
    expect(same(other)).toEqual(same(one));
  }
  const tags = async (send: Send) => (await send({ method: 'GET', key: 'dir/a b+ü', query: { tagging: '' } })).text;
  expect(await tags(to)).toBe(await tags(from));
  expect((await to({ method: 'GET', key: 'dir/a b+ü', signed: false })).status).toBe(200);
  expect((await to({ method: 'GET', key: 'again', signed: false })).status).toBe(403);
  expect((await head(to, 'dir/a b+ü')).headers['x-cos-storage-class']).toBe('STANDARD_IA');
}

describe('inside of one deployment', () => {
  let server: ServerProcess;
  let from: Send;
  beforeAll(async () => {
    server = await startServerProcess();
    from = await versioned(server, 'from');
    // In another region.
    const other = clientOf(server, 'to', 'ap-beijing');
    await expectStatus(other({ method: 'PUT' }), 200);
    await setVersioning(other, 'Enabled');
  });
  afterAll(() => server.remove());

  it('brings everything with its ids to another region', async () => {
    const to = clientOf(server, 'to', 'ap-beijing');
    await put(from, 'before', 'x');
    await setRules(from, replicationRules(`to-${APPID}`, '', 'ap-beijing'));
    await expectStatus(
      from({ method: 'DELETE', key: 'before', query: { versionId: (await allVersions(from))[0]!.id } }),
      204,
    );
    await fill(from);
    await expectEqual(from, to);
    await settled(from, 'large', 'COMPLETED');
    expect(await statusOf(to, 'large')).toBe('REPLICA');
    // What is deleted by its id stays at the destination.
    const [{ id } = { id: '' }] = (await allVersions(from)).filter(({ key }) => key === 'empty');
    await expectStatus(from({ method: 'DELETE', key: 'empty', query: { versionId: id } }), 204);
    await put(from, 'later', 'x');
    await settled(from, 'later', 'COMPLETED');
    expect((await head(to, 'empty')).status).toBe(200);
    expect((await lagOf(server)).waiting).toBe(0);
  });

  it('goes by prefix and tags, and leaves markers when it is told so', async () => {
    const source = await versioned(server, 'picky');
    const target = await versioned(server, 'picked');
    const markers = '<DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>';
    const tag = '<Filter><And><Prefix>in/</Prefix><Tag><Key>go</Key><Value>yes</Value></Tag></And></Filter>';
    await setRules(source, replicationRules(`picked-${APPID}`, markers).replace('<Prefix></Prefix>', tag));
    await put(source, 'in/yes', 'x', { 'x-cos-tagging': 'go=yes' });
    await put(source, 'in/no', 'x', { 'x-cos-tagging': 'go=no' });
    await put(source, 'out/yes', 'x', { 'x-cos-tagging': 'go=yes' });
    await settled(source, 'in/yes', 'COMPLETED');
    expect([await statusOf(source, 'in/no'), await statusOf(source, 'out/yes')]).toEqual([undefined, undefined]);
    await remove(source, 'in/yes');
    await put(source, 'in/last', 'x', { 'x-cos-tagging': 'go=yes' });
    await settled(source, 'in/last', 'COMPLETED');
    expect((await allVersions(target)).map(({ key, marker }) => [key, marker])).toEqual([
      ['in/last', false],
      ['in/yes', false],
    ]);
  });

  it('goes both ways and no further', async () => {
    const left = await versioned(server, 'left');
    const right = await versioned(server, 'right');
    const third = await versioned(server, 'third');
    await setRules(left, replicationRules(`right-${APPID}`));
    const both = [`left-${APPID}`, `third-${APPID}`].map((name, at) =>
      replicationRules(name, `<Priority>${at + 1}</Priority>`).replace(/^.*<\/Role>|<\/Rep.*$/g, ''),
    );
    await setRules(right, `<ReplicationConfiguration><Role>r</Role>${both.join('')}</ReplicationConfiguration>`);
    await put(left, 'k', 'left');
    await put(right, 'k', 'right');
    await settled(left, 'k', 'REPLICA');
    await put(left, 'k', 'left again');
    await settled(left, 'k', 'COMPLETED');
    const versions = await allVersions(left);
    expect(versions).toHaveLength(3);
    expect(await allVersions(right)).toEqual(versions);
    expect(await allVersions(third)).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await allVersions(left)).toEqual(versions);
  });

  it('seals by the default of the destination, leaves what only a client can read, and KMS unless it is told', async () => {
    const source = await versioned(server, 'open');
    const target = await versioned(server, 'sealed');
    const rule =
      '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>';
    const body = `<ServerSideEncryptionConfiguration>${rule}</ServerSideEncryptionConfiguration>`;
    await expectStatus(target({ method: 'PUT', query: { encryption: '' }, body }), 200);
    await setRules(source, replicationRules(`sealed-${APPID}`));
    await put(source, 'kms', 'secret', { [SSE]: 'cos/kms' });
    await put(source, 'plain', 'hello');
    await settled(source, 'plain', 'COMPLETED');
    expect((await head(target, 'plain')).headers[SSE]).toBe('AES256');
    expect((await target({ method: 'GET', key: 'plain' })).text).toBe('hello');
    expect([await statusOf(source, 'kms'), (await head(target, 'kms')).status]).toEqual([undefined, 404]);
    const criteria =
      '<SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>';
    await setRules(source, replicationRules(`sealed-${APPID}`, criteria));
    await put(source, 'mine', 'x', CUSTOMER);
    await put(source, 'kms', 'secret', { [SSE]: 'cos/kms' });
    await settled(source, 'kms', 'COMPLETED');
    expect((await head(target, 'kms')).headers[SSE]).toBe('cos/kms');
    expect((await target({ method: 'GET', key: 'kms' })).text).toBe('secret');
    expect((await head(target, 'mine')).status).toBe(404);
  });

  it('says what failed', async () => {
    const source = await versioned(server, 'vain');
    await versioned(server, 'closing');
    const into = '<StorageClass>INTELLIGENT_TIERING</StorageClass></Destination>';
    await setRules(source, replicationRules(`closing-${APPID}`).replace('</Destination>', into));
    await put(source, 'tiered', 'x');
    await settled(source, 'tiered', 'FAILED');
    await setRules(source, replicationRules(`closing-${APPID}`));
    await setVersioning(clientOf(server, 'closing'), 'Suspended');
    await put(source, 'k', 'x');
    await settled(source, 'k', 'FAILED');
    await expectStatus(clientOf(server, 'closing')({ method: 'DELETE' }), 204);
    await put(source, 'k', 'y');
    await settled(source, 'k', 'FAILED');
  });
});

describe('to another server', () => {
  let far: ServerProcess;
  let near: ServerProcess;
  let nearFlags: string[];
  let farFlags: string[];
  let to: Send;
  beforeAll(async () => {
    const port = await freePort();
    farFlags = ['--port', String(port), '--replication-accept', 'true'];
    far = await startServerProcess({ flags: farFlags });
    const { folder } = far;
    const file = join(folder, 'remotes.json');
    const endpoint = `http://127.0.0.1:${port}`;
    const credentials = { secretId: SECRET_ID, secretKeyFile: 'key' };
    writeFileSync(join(folder, 'key'), `${SECRET_KEY}\n`, { mode: 0o600 });
    const entries = [
      { buckets: ['far-*'], endpoint, kind: 'cosette', ...credentials },
      { buckets: ['cos-*'], endpoint, kind: 'cos', ...credentials },
      { buckets: ['other-*'], endpoint, kind: 'cosette', accounts: ['1259999999'], ...credentials },
      { buckets: ['wrong-*'], endpoint, kind: 'cosette', secretId: SECRET_ID, secretKey: 'wrongwrongwrong' },
    ];
    writeFileSync(file, JSON.stringify(entries), { mode: 0o600 });
    nearFlags = ['--replication-remotes-file', file];
    near = await startServerProcess({ flags: nearFlags });
    to = await versioned(far, 'far-to');
  });
  afterAll(async () => {
    await near.remove();
    await far.remove();
  });

  it('brings everything with its ids to another Cosette, over kills of both', async () => {
    const from = await versioned(near, 'from');
    await setRules(from, replicationRules(`far-to-${APPID}`));
    await fill(from);
    await far.stop('SIGKILL');
    for (let i = 0; i < 40; i++) await put(from, `many/${i % 10}`, `body ${i}`);
    await remove(from, 'many/3');
    await until('a lag', async () => ((await lagOf(near)).waiting ?? 0) > 0);
    const lag = await lagOf(near);
    expect(lag.note).toMatch(/^\d+ wait, the oldest for [\d.]+ s; .*127\.0\.0\.1:\d+/);
    await near.stop('SIGKILL');
    far = await startServerProcess({ flags: farFlags, folder: far.folder });
    near = await startServerProcess({ flags: nearFlags, folder: near.folder });
    to = clientOf(far, 'far-to');
    const again = clientOf(near, 'from');
    await put(again, 'last', 'x');
    await expectEqual(again, to);
    await settled(again, 'last', 'COMPLETED');
    expect((await lagOf(near)).waiting).toBe(0);
    expect(near.output() + far.output()).not.toContain(SECRET_KEY);
  });

  it('brings objects to a COS, which gives them ids of its own', async () => {
    const target = await versioned(far, 'cos-to');
    const from = await versioned(near, 'to-cos');
    await setRules(from, replicationRules(`cos-to-${APPID}`));
    await put(from, 'a/../b c', 'hello', {
      'x-cos-meta-who': 'anna',
      'x-cos-tagging': 'a=b',
      'x-cos-acl': 'public-read',
    });
    await put(from, 'gone', 'x');
    await remove(from, 'gone');
    await settled(from, 'a/../b c', 'COMPLETED');
    await until('the marker', async () => (await allVersions(target)).length === 3);
    const { headers } = await expectStatus(target({ method: 'HEAD', key: 'a/../b c', signed: false }), 200);
    expect([headers['x-cos-meta-who'], headers['x-cos-tagging-count'], headers[STATUS]]).toEqual([
      'anna',
      '1',
      undefined,
    ]);
    expect((await allVersions(target)).map(({ key, marker }) => [key, marker])).toEqual([
      ['a/../b c', false],
      ['gone', true],
      ['gone', false],
    ]);
  });

  it('looks before rules are set', async () => {
    const from = await versioned(near, 'looks');
    const set = async (name: string) => {
      const { status, text } = await from({
        method: 'PUT',
        query: { replication: '' },
        body: replicationRules(`${name}-${APPID}`),
      });
      return [status, textOf(text, 'Code')];
    };
    await makeBucket(far, 'far-plain');
    await makeBucket(far, 'cos-plain');
    expect(await set('far-none')).toEqual([404, 'NoSuchBucket']);
    expect(await set('cos-none')).toEqual([404, 'NoSuchBucket']);
    expect(await set('far-plain')).toEqual([409, 'InvalidBucketState']);
    expect(await set('cos-plain')).toEqual([409, 'InvalidBucketState']);
    expect(await set('other-to')).toEqual([403, 'AccessDenied']);
    expect(await set('wrong-to')).toEqual([403, 'AccessDenied']);
  });
});
