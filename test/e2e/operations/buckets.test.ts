/** Buckets themselves: made, found, listed, versioned, deleted. Source: spec/buckets.md §2–§9, §13. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, initiate, makeBucket, put, textsOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { askAs } from '../../support/permissions.ts';
import { type Account, adminOf } from '../../support/permissions-world.ts';
import { type Entry, SDKS, type Sdk } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const BUCKETS = 6;
let server: ServerProcess;
let foreign: Account;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-buckets-per-account', String(BUCKETS)] });
  foreign = await adminOf(server).account('foreign');
});
afterAll(() => server.remove());

const full = (name: string) => `${name}-${APPID}`;
const place = (name: string) => ({ Bucket: full(name), Region: REGION });
/** A bucket that is gone afterwards, whatever the test left in it. */
async function withBucket(name: string, use: (send: Send) => Promise<void>): Promise<void> {
  const send = await makeBucket(server, name);
  await use(send);
  await expectStatus(send({ method: 'DELETE' }), 204);
}
const create = (name: string, body?: string) => clientOf(server, name)({ method: 'PUT', ...(body ? { body } : {}) });
const statusOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => (answer as { statusCode: number }).statusCode,
    (error) => [(error as { statusCode: number }).statusCode, (error as { code: string }).code],
  );

describe.each(SDKS)('SDK %s', (_, make) => {
  let cos: Sdk;
  beforeAll(() => {
    cos = make(server);
  });

  it('makes, finds, lists and deletes a bucket', async () => {
    const at = place('sdk-life');
    expect(await statusOf(cos.putBucket(at))).toBe(200);
    expect(await statusOf(cos.putBucket(at))).toEqual([409, 'BucketAlreadyOwnedByYou']);
    expect(await statusOf(cos.headBucket(at))).toBe(200);
    const { LocationConstraint } = await cos.getBucketLocation(at);
    expect(LocationConstraint).toBe(REGION);
    const { Buckets, Owner } = await cos.getService({});
    expect((Buckets as Entry[]).find(({ Name }) => Name === at.Bucket)).toMatchObject({ Location: REGION });
    expect(Owner.ID).toBe('qcs::cam::uin/100000000001:uin/100000000001');
    await cos.putObject({ ...at, Key: 'a/k', Body: 'x' });
    expect(await statusOf(cos.deleteBucket(at))).toEqual([409, 'BucketNotEmpty']);
    const listed = await cos.getBucket({ ...at, Prefix: 'a/' });
    expect((listed.Contents as Entry[]).map(({ Key }) => Key)).toEqual(['a/k']);
    await cos.deleteObject({ ...at, Key: 'a/k' });
    expect(await statusOf(cos.deleteBucket(at))).toBe(204);
    expect(await statusOf(cos.headBucket(at))).toEqual([404, expect.anything()]);
  });

  it('turns versioning on and off, and lists versions and uploads', async () => {
    const at = place('sdk-versions');
    await cos.putBucket(at);
    expect((await cos.getBucketVersioning(at)).VersioningConfiguration).toEqual({});
    const set = (Status: string) => cos.putBucketVersioning({ ...at, VersioningConfiguration: { Status } });
    await set('Enabled');
    expect((await cos.getBucketVersioning(at)).VersioningConfiguration.Status).toBe('Enabled');
    const first = await cos.putObject({ ...at, Key: 'k', Body: '1' });
    const second = await cos.putObject({ ...at, Key: 'k', Body: '2' });
    const { Versions } = await cos.listObjectVersions(at);
    expect((Versions as Entry[]).map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [second.VersionId, 'true'],
      [first.VersionId, 'false'],
    ]);
    await set('Suspended');
    expect((await cos.getBucketVersioning(at)).VersioningConfiguration.Status).toBe('Suspended');
    const { UploadId } = await cos.multipartInit({ ...at, Key: 'u' });
    const { Upload } = await cos.multipartList(at);
    expect((Upload as Entry[]).map((upload) => upload['UploadId'] ?? upload['UploadID'])).toEqual([UploadId]);
    await cos.multipartAbort({ ...at, Key: 'u', UploadId });
    for (const { VersionId } of [first, second]) await cos.deleteObject({ ...at, Key: 'k', VersionId });
    expect(await statusOf(cos.deleteBucket(at))).toBe(204);
  });
});

describe('PutBucket', () => {
  it('refuses a name that is taken, by whomever', async () => {
    await withBucket('taken', async () => {
      expectError(await create('taken'), 409, 'BucketAlreadyOwnedByYou');
      expectError(await askAs(server.port, foreign, full('taken'), { method: 'PUT' }), 409, 'BucketAlreadyExists');
      expectError(await askAs(server.port, foreign, full('free'), { method: 'PUT' }), 403, 'AccessDenied');
    });
  });

  it('refuses another region than the host names, and one more than the account may have', async () => {
    const elsewhere =
      '<CreateBucketConfiguration><LocationConstraint>ap-shanghai</LocationConstraint></CreateBucketConfiguration>';
    expectError(await create('elsewhere', elsewhere), 400, 'InvalidLocationConstraint');
    const names = Array.from({ length: BUCKETS }, (_, at) => `many-${at}`);
    for (const name of names) await makeBucket(server, name);
    expectError(await create('one-more'), 400, 'TooManyBuckets');
    for (const name of names) await expectStatus(clientOf(server, name)({ method: 'DELETE' }), 204);
  });
});

describe('GetService', () => {
  it('lists the buckets of the account, and of a region', async () => {
    const cos = SDKS[0]![1](server);
    const names = async (more: object) =>
      ((await cos.getService({ ...more })).Buckets as Entry[]).map(({ Name }) => Name);
    await withBucket('mine', async () => {
      expect(await names({})).toEqual([full('mine')]);
      expect(await names({ Region: REGION })).toEqual([full('mine')]);
      expect(await names({ Region: 'ap-shanghai' })).toEqual([]);
    });
    expect(await names({})).toEqual([]);
  });
});

describe('HeadBucket', () => {
  it('says where a bucket is', async () => {
    await withBucket('head', async (send) => {
      expect((await send({ method: 'HEAD' })).headers['x-cos-bucket-region']).toBe(REGION);
      expect((await send({ method: 'HEAD', signed: false })).status).toBe(403);
    });
    expect((await clientOf(server, 'head')({ method: 'HEAD' })).status).toBe(404);
  });
});

describe('DeleteBucket', () => {
  it('wants it empty: of objects, versions, markers and uploads', async () => {
    const send = await makeBucket(server, 'full', { versioning: 'Enabled' });
    await put(send, 'k', 'x');
    expectError(await send({ method: 'DELETE' }), 409, 'BucketNotEmpty');
    const marker = await expectStatus(send({ method: 'DELETE', key: 'k' }), 204);
    expectError(await send({ method: 'DELETE' }), 409, 'BucketNotEmpty');
    const { text } = await send({ method: 'GET', query: { versions: '' } });
    for (const versionId of textsOf(text, 'VersionId')) {
      await expectStatus(send({ method: 'DELETE', key: 'k', query: { versionId } }), 204);
    }
    expect(marker.headers['x-cos-delete-marker']).toBe('true');
    const uploadId = await initiate(send, 'u');
    expectError(await send({ method: 'DELETE' }), 409, 'BucketNotEmpty');
    await expectStatus(send({ method: 'DELETE', key: 'u', query: { uploadId } }), 204);
    await expectStatus(send({ method: 'DELETE' }), 204);
    expectError(await send({ method: 'DELETE' }), 404, 'NoSuchBucket');
  });
});

describe('GetBucketLocation', () => {
  it('gives the region', async () => {
    await withBucket('where', async (send) => {
      expect((await send({ method: 'GET', query: { location: '' } })).text).toContain(
        `<LocationConstraint>${REGION}</LocationConstraint>`,
      );
    });
  });
});

function listings(more: Record<string, string>): void {
  const list = (send: Send, query: Record<string, string>) => send({ method: 'GET', query: { ...more, ...query } });

  it('lists keys in order, by prefix and folder, in pages', async () => {
    const send = await makeBucket(server, 'lists');
    const keys = ['a', 'b/1', 'b/2', 'c'];
    for (const key of keys) await put(send, key, 'x');
    expect(textsOf((await list(send, {})).text, 'Key')).toEqual(keys);
    expect(textsOf((await list(send, { prefix: 'b/' })).text, 'Key')).toEqual(['b/1', 'b/2']);
    const folders = (await list(send, { delimiter: '/' })).text;
    expect(textsOf(folders, 'Key')).toEqual(['a', 'c']);
    expect(folders).toContain('<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>');
    const page = (await list(send, { 'max-keys': '2' })).text;
    expect(textsOf(page, 'Key')).toEqual(['a', 'b/1']);
    expect(textsOf(page, 'IsTruncated')).toEqual(['true']);
    for (const key of keys) await expectStatus(send({ method: 'DELETE', key }), 204);
    await expectStatus(send({ method: 'DELETE' }), 204);
  });
}

describe('GetBucket', () => listings({}));

describe('ListObjectsV2', () => listings({ 'list-type': '2' }));

describe('GetBucketObjectVersions', () => {
  it('lists versions and markers, newest first', async () => {
    const send = await makeBucket(server, 'versions', { versioning: 'Enabled' });
    await put(send, 'k', '1');
    await expectStatus(send({ method: 'DELETE', key: 'k' }), 204);
    const { text } = await send({ method: 'GET', query: { versions: '' } });
    expect(text.indexOf('<DeleteMarker>')).toBeLessThan(text.indexOf('<Version>'));
    for (const versionId of textsOf(text, 'VersionId')) {
      await expectStatus(send({ method: 'DELETE', key: 'k', query: { versionId } }), 204);
    }
    await expectStatus(send({ method: 'DELETE' }), 204);
  });
});

describe('PutBucketVersioning', () => {
  it('takes Enabled and Suspended, and nothing else', async () => {
    await withBucket('switch', async (send) => {
      const set = (status: string) =>
        send({
          method: 'PUT',
          query: { versioning: '' },
          body: `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`,
        });
      await expectStatus(set('Enabled'), 200);
      await expectStatus(set('Suspended'), 200);
      expectError(await set('Off'), 400, 'MalformedXML');
    });
  });
});

describe('GetBucketVersioning', () => {
  it('says nothing of a bucket that never had it', async () => {
    await withBucket('never', async (send) => {
      expect((await send({ method: 'GET', query: { versioning: '' } })).text).toContain('<VersioningConfiguration/>');
    });
  });
});
