/** Storage classes, archived objects and their restore. Source: spec/objects.md §4, §8.10, §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initiate, makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send, type Sent } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const MAZ = '<CreateBucketConfiguration><BucketAZConfig>MAZ</BucketAZConfig></CreateBucketConfiguration>';

let server: ServerProcess;
let single: Send;
let multi: Send;
beforeAll(async () => {
  const flags = ['--closed-storage-classes', 'STANDARD_IA', '--multi-az-regions', 'ap-guangzhou'];
  server = await startServerProcess({ flags });
  single = await makeBucket(server, 'single');
  multi = await makeBucket(server, 'multi', { multiAz: true });
  await put(single, 'source', 'x');
  await put(multi, 'source', 'x');
});
afterAll(() => server.remove());

const as = (storageClass: string) => ({ 'x-cos-storage-class': storageClass });
/** Every write that names a class. @param name of the bucket */
const writes = (name: string, storageClass: string): Sent[] => [
  { method: 'PUT', key: 'k', body: 'x', headers: as(storageClass) },
  { method: 'POST', key: 'k', query: { uploads: '' }, headers: as(storageClass) },
  {
    method: 'PUT',
    key: 'k',
    headers: { ...as(storageClass), 'x-cos-copy-source': `/${name}-${APPID}/source` },
  },
];
const appendAs = (storageClass: string): Sent => ({
  method: 'POST',
  key: 'log',
  query: { append: '', position: '0' },
  body: 'x',
  headers: as(storageClass),
});

describe('classes', () => {
  it('that are unknown, or not offered', async () => {
    for (const name of ['COLD', 'REDUCED_REDUNDANCY', 'GLACIER', 'INTELLIGENT_TIERING']) {
      for (const sent of [...writes('single', name), appendAs(name)]) {
        expectError(await single(sent), 400, 'NotSupportedStorageClass');
      }
    }
    for (const name of ['ARCHIVE', 'DEEP_ARCHIVE']) {
      expectError(await single(appendAs(name)), 400, 'NotSupportedStorageClass');
    }
  });

  it('that are closed', async () => {
    for (const sent of [...writes('single', 'STANDARD_IA'), appendAs('STANDARD_IA')]) {
      expectError(await single(sent), 403, 'InvalidObjectStorage');
    }
  });

  it('of several zones in a bucket with one', async () => {
    for (const name of ['MAZ_STANDARD', 'MAZ_STANDARD_IA', 'MAZ_INTELLIGENT_TIERING']) {
      for (const sent of [...writes('single', name), appendAs(name)]) {
        expectError(await single(sent), 400, 'MAZOperationNotSupportOnOAZBucket');
      }
    }
    const out: Sent = { method: 'PUT', key: 'k', headers: { 'x-cos-copy-source': `/multi-${APPID}/source` } };
    expectError(await single(out), 400, 'MAZOperationNotSupportOnOAZBucket');
  });

  it('of one zone in a bucket with several', async () => {
    for (const name of ['STANDARD', 'ARCHIVE', 'DEEP_ARCHIVE']) {
      for (const sent of writes('multi', name)) {
        expectError(await multi(sent), 400, 'OAZOperationNotSupportOnMAZBucket');
      }
    }
    const append = { method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'x' };
    expectError(await multi(append), 400, 'OAZOperationNotSupportOnMAZBucket');
  });

  it('of several zones in a region that has one', async () => {
    const there = clientOf(server, 'there', 'ap-chengdu');
    expectError(await there({ method: 'PUT', body: MAZ }), 400, 'MultiAZFeatureNotSupport');
    await done(there, { method: 'PUT' });
  });

  it('leave nothing behind', async () => {
    for (const key of ['k', 'log']) {
      expectError(await single({ method: 'GET', key }), 404, 'NoSuchKey');
      expectError(await multi({ method: 'GET', key }), 404, 'NoSuchKey');
    }
  });
});

const restore = (key: string, days = 1, tier = 'Standard'): Sent => ({
  method: 'POST',
  key,
  query: { restore: '' },
  body: `<RestoreRequest><Days>${days}</Days><CASJobParameters><Tier>${tier}</Tier></CASJobParameters></RestoreRequest>`,
});

describe('archived objects', () => {
  it.each(['ARCHIVE', 'DEEP_ARCHIVE'])('are not read: %s', async (name) => {
    const key = name.toLowerCase();
    await put(single, key, 'hello', as(name));
    await done(single, {
      method: 'PUT',
      key: 'link',
      query: { symlink: '' },
      headers: { 'x-cos-symlink-target': key },
    });
    const uploadId = await initiate(single, 'copy');
    const source = { 'x-cos-copy-source': `/single-${APPID}/${key}` };
    const reads: readonly Sent[] = [
      { method: 'GET', key },
      { method: 'GET', key, headers: { Range: 'bytes=0-1' } },
      { method: 'GET', key: 'link' },
      { method: 'PUT', key: 'copy', headers: source },
      { method: 'PUT', key, headers: { ...source, ...as('STANDARD') } },
      { method: 'PUT', key: 'copy', query: { partNumber: '1', uploadId }, headers: source },
    ];
    const refused = async () => {
      for (const sent of reads) {
        const answer = await single(sent);
        expectError(answer, 403, 'InvalidObjectState', 'The operation is not valid for the object storage class.');
        expect(answer.headers['x-cos-storage-class']).toBe(name);
      }
    };
    await refused();
    await done(single, restore(key));
    await refused();
    await done(single, { method: 'HEAD', key });
    await done(single, { method: 'GET', key, query: { tagging: '' } });
  });

  it('are restored once', async () => {
    await put(single, 'twice', 'hello', as('ARCHIVE'));
    await done(single, restore('twice', 1, 'Standard'));
    for (const tier of ['Standard', 'Bulk']) {
      expectError(await single(restore('twice', 1, tier)), 409, 'RestoreAlreadyInProgress');
    }
    await done(single, restore('twice', 1, 'Expedited'));
    expectError(await single(restore('twice', 1, 'Expedited')), 409, 'RestoreAlreadyInProgress');
  });

  it('of class DEEP_ARCHIVE are not restored in minutes', async () => {
    await put(single, 'deep', 'hello', as('DEEP_ARCHIVE'));
    expectError(await single(restore('deep', 1, 'Expedited')), 400, 'InvalidArgument');
  });
});

describe('restores', () => {
  it('of what is not archived', async () => {
    await done(single, { method: 'POST', key: 'piece', query: { append: '', position: '0' }, body: 'x' });
    for (const key of ['source', 'piece']) expectError(await single(restore(key)), 405, 'RestoreNonArchiveObject');
  });
});
