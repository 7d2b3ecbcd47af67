import { beforeEach, describe, expect, it } from 'vitest';
import { writeBucketConfig } from '../../model/bucket-configs.ts';
import { createBucket, findBucket, updateBucket } from '../../model/buckets.ts';
import { bodyOf, PLAIN } from '../../model/fixture.ts';
import { NO_DIGESTS, withIngested } from '../../model/ingest.ts';
import { afterPrefix, currentKey, versionPrefix } from '../../model/keys.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { unpackObject } from '../../model/records/object.ts';
import { createServices, type Services } from '../../model/services.ts';
import { deleteObject, publishObject, singleBody } from '../../model/write-object.ts';
import { ManualClock } from '../../platform/clock.ts';
import { createIds } from '../../platform/ids.ts';
import { checked } from '../../store/checked.ts';
import { openMemoryStore } from '../../store/memory/index.ts';
import { ReplicationJob } from './job.ts';
import { replicationLag } from './lag.ts';
import { type Remote, RemoteError } from './remotes.ts';
import { placeReplica, type ReplicaMeta } from './replica.ts';
import { BUCKET_REPLICATION, type ReplicationRule } from './rules.ts';
import { watchReplication } from './watcher.ts';

const SOURCE = 'source-1250000000';
const TARGET = 'target-1250000000';
const REGION = 'ap-guangzhou';

let clock: ManualClock;
let services: Services;
let job: ReplicationJob;
/** Stands in for a bucket elsewhere, when there is one. */
let remote: Remote | undefined;
let note = '';

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 10, 26));
  remote = undefined;
  services = createServices({
    store: checked(openMemoryStore()),
    clock,
    ids: createIds(clock),
    processId: 'test',
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    random: () => 0.5,
    changeWatchers: new Map([[BUCKET_REPLICATION.name, watchReplication]]),
    remotes: { find: (bucket) => (bucket === TARGET ? remote : undefined) },
  });
  for (const name of [SOURCE, TARGET]) {
    await createBucket(services, { name, appid: '1250000000', ownerUin: '1', region: REGION, acl: 'private' });
    await updateBucket(services, name, (record) => ({ ...record, versioning: 'enabled' }));
  }
  job = new ReplicationJob(services, 2);
});

const rule = (to: string, more: Partial<ReplicationRule> = {}): ReplicationRule => ({
  id: undefined,
  enabled: true,
  priority: undefined,
  scope: undefined,
  destination: { bucket: `qcs::cos:${REGION}::${to}`, storageClass: undefined, replicaKmsKeyId: undefined },
  deleteMarkers: undefined,
  kmsObjects: undefined,
  ...more,
});
const setRules = (bucket: string, ...rules: ReplicationRule[]) =>
  writeBucketConfig(services, bucket, BUCKET_REPLICATION, { role: 'r', rules, setMs: 0 });
const run = () =>
  job.run({
    signal: new AbortController().signal,
    progress: (_done, _total, text = '') => {
      note = text;
    },
  });

async function put(bucket: string, key: string, text: string): Promise<ObjectRecord> {
  const entry = (await findBucket(services, bucket))!;
  clock.advance(1);
  return withIngested(services, bodyOf(text), 1e9, NO_DIGESTS, async (ingested) => {
    return (await publishObject(services, entry, key, singleBody(ingested, PLAIN))).record;
  });
}

async function remove(bucket: string, key: string): Promise<void> {
  clock.advance(1);
  await deleteObject(services, (await findBucket(services, bucket))!, key, undefined);
}

/** All versions of a bucket: newest objects, then the rest. */
async function versions(bucket: string): Promise<ObjectRecord[]> {
  const { id } = (await findBucket(services, bucket))!.record;
  const pages = await Promise.all(
    [currentKey(id, ''), versionPrefix(id, '')].map((from) =>
      services.store.meta.scan({ from, to: afterPrefix(from), limit: 1_000 }),
    ),
  );
  return pages.flatMap(({ rows }) => rows.map((row) => unpackObject(row.value)));
}
const shape = (records: ObjectRecord[]) =>
  records.map(({ stamp, kind, etag, size, modifiedMs }) => ({ stamp, kind, etag, size, modifiedMs }));
const statuses = async (bucket: string) =>
  (await versions(bucket)).flatMap(({ attributes }) => attributes.extra?.replication ?? []);

describe('ReplicationJob', () => {
  it('brings versions and markers with their ids, times and order, and says so', async () => {
    await put(SOURCE, 'before', 'not asked for');
    await setRules(SOURCE, rule(TARGET));
    for (const text of ['one', 'two', 'three']) await put(SOURCE, 'a', text);
    await remove(SOURCE, 'a');
    await put(SOURCE, 'b', '');
    expect(await statuses(SOURCE)).toEqual(Array(4).fill({ waiting: 1, failed: false }));
    clock.advance(5_000);
    expect(await replicationLag(services)).toMatchObject({ waiting: 5, lagMs: 5_004, more: false });
    await run();
    const wanted = (await versions(SOURCE)).filter(({ size }) => size !== 'not asked for'.length);
    expect(shape(await versions(TARGET))).toEqual(shape(wanted));
    expect(await statuses(SOURCE)).toEqual(Array(4).fill({ waiting: 0, failed: false }));
    expect(await statuses(TARGET)).toEqual(Array(4).fill({ replica: true }));
    expect(await replicationLag(services)).toMatchObject({ waiting: 0, lagMs: 0 });
    expect(note).toContain('5 replicated');
  });

  it('brings the checksum that the uploader gave, compared with the bytes', async () => {
    await setRules(SOURCE, rule(TARGET));
    const entry = (await findBucket(services, SOURCE))!;
    const asked = { ...NO_DIGESTS, checksum: { algorithm: 'CRC32', expected: undefined } } as const;
    const checksum = await withIngested(services, bodyOf('123456789'), 1e9, asked, async (ingested) => {
      const { record } = await publishObject(services, entry, 'k', singleBody(ingested, PLAIN));
      return record.attributes.extra?.checksum;
    });
    expect(checksum).toEqual({ algorithm: 'CRC32', type: 'FULL_OBJECT', value: Buffer.from('cbf43926', 'hex') });
    await run();
    expect((await versions(TARGET)).map(({ attributes }) => attributes.extra?.checksum)).toEqual([checksum]);
    const target = (await findBucket(services, TARGET))!;
    const wrong = { algorithm: 'CRC32', value: Buffer.from('00000000', 'hex') } as const;
    const meta = { stamp: 9, marker: false, modifiedMs: 0, size: 1, etag: 'x', crc64: undefined, checksum: wrong };
    await expect(
      placeReplica(services, target, 'w', { ...meta, attributes: PLAIN }, bodyOf('x')),
    ).rejects.toMatchObject({ code: 'BadDigest' });
  });

  it('goes both ways without circles, and not further', async () => {
    const third = 'third-1250000000';
    await createBucket(services, { name: third, appid: '1250000000', ownerUin: '1', region: REGION, acl: 'private' });
    await updateBucket(services, third, (record) => ({ ...record, versioning: 'enabled' }));
    await setRules(SOURCE, rule(TARGET));
    await setRules(TARGET, rule(SOURCE, { priority: 1 }), rule(third, { priority: 2 }));
    await put(SOURCE, 'k', 'from the source');
    await put(TARGET, 'k', 'from the target');
    await put(SOURCE, 'k', 'from the source again');
    await run();
    await run();
    expect(shape(await versions(TARGET))).toEqual(shape(await versions(SOURCE)));
    expect(await versions(SOURCE)).toHaveLength(3);
    expect(shape(await versions(third)).map(({ size }) => size)).toEqual(['from the target'.length]);
  });

  it('fails what the destination cannot take, and drops what is gone', async () => {
    await setRules(SOURCE, rule(TARGET));
    await put(SOURCE, 'k', 'x');
    await updateBucket(services, TARGET, (record) => ({ ...record, versioning: 'suspended' }));
    await run();
    expect(await statuses(SOURCE)).toEqual([{ waiting: 0, failed: true }]);
    const { stamp } = await put(SOURCE, 'gone', 'y');
    const entry = (await findBucket(services, SOURCE))!;
    await deleteObject(services, entry, 'gone', services.ids.versionIdOf(stamp));
    await run();
    expect(await replicationLag(services)).toMatchObject({ waiting: 0 });
    expect(await versions(TARGET)).toEqual([]);
  });

  it('tries again later and keeps the order meanwhile, also after a restart', async () => {
    await setRules(SOURCE, rule(TARGET));
    const got: string[] = [];
    let refusals = 2;
    remote = {
      look: async () => 'ready',
      async send(_to, key, meta) {
        if (key === 'a' && refusals > 0) {
          refusals -= 1;
          throw new RemoteError('later', 'not now');
        }
        got.push(`${key}${meta.marker ? ' marker' : ''} ${meta.size}`);
      },
    };
    await put(SOURCE, 'a', '1');
    await put(SOURCE, 'a', '22');
    await remove(SOURCE, 'a');
    await put(SOURCE, 'b', '333');
    await run();
    expect(got).toEqual(['b 3']);
    expect(await replicationLag(services)).toMatchObject({ waiting: 3 });
    clock.advance(999);
    await run();
    expect(refusals).toBe(1);
    clock.advance(1);
    job = new ReplicationJob(services, 2);
    await run();
    clock.advance(1_999);
    await run();
    expect(got).toEqual(['b 3']);
    clock.advance(1);
    await run();
    expect(got).toEqual(['b 3', 'a 1', 'a 2', 'a marker 0']);
  });

  it('waits for a destination that is away, and tells which', async () => {
    await setRules(SOURCE, rule(TARGET));
    remote = {
      look: async () => 'ready',
      send: async () => {
        throw new RemoteError('away', 'nobody answers');
      },
    };
    for (let i = 0; i < 20; i++) await put(SOURCE, `k${i}`, 'x');
    await run();
    expect(note).toMatch(/^20 wait, .*nobody answers/);
    remote = undefined;
    // Its pause is by the clock that only goes forwards, which stands still here.
    job = new ReplicationJob(services, 2);
    await run();
    expect(await versions(TARGET)).toHaveLength(20);
  });

  it('is not held up by one version that breaks every connection', async () => {
    await setRules(SOURCE, rule(TARGET));
    const got: string[] = [];
    remote = {
      look: async () => 'ready',
      async send(_to, key) {
        await new Promise((resolve) => setTimeout(resolve, key === 'poison' ? 30 : 1));
        if (key === 'poison') throw new RemoteError('away', 'it broke off');
        got.push(key);
      },
    };
    await put(SOURCE, 'poison', 'x');
    for (let i = 0; i < 5; i++) await put(SOURCE, `k${i}`, 'x');
    await run();
    expect(got).toHaveLength(5);
    expect(await replicationLag(services)).toMatchObject({ waiting: 1 });
    expect(note).toContain('1 postponed');
  });

  it('leaves alone what no rule asks for any more', async () => {
    await setRules(SOURCE, rule(TARGET));
    await put(SOURCE, 'k', 'x');
    await writeBucketConfig(services, SOURCE, BUCKET_REPLICATION, undefined);
    await run();
    expect(await versions(TARGET)).toEqual([]);
    expect(await statuses(SOURCE)).toEqual([{ waiting: 0, failed: true }]);
  });
});

describe('placeReplica', () => {
  const meta = (stamp: number, text: string, more: Partial<ReplicaMeta> = {}): ReplicaMeta => ({
    stamp,
    marker: false,
    modifiedMs: 1_000,
    size: text.length,
    etag: '0'.repeat(32),
    crc64: undefined,
    attributes: { headers: { contentType: 'text/plain' }, userMeta: [], storageClass: 'STANDARD', acl: 'default' },
    ...more,
  });
  const place = async (given: ReplicaMeta, text: string) =>
    placeReplica(services, (await findBucket(services, TARGET))!, 'k', given, bodyOf(text));

  it('puts late ones below what is newer, and each once', async () => {
    expect(await place(meta(30, 'new'), 'new')).toBe('placed');
    expect(await place(meta(10, 'older'), 'older')).toBe('placed');
    expect(await place(meta(20, '', { marker: true }), '')).toBe('placed');
    expect(await place(meta(10, 'older'), 'older')).toBe('present');
    expect(await place(meta(20, '', { marker: true }), '')).toBe('present');
    expect(await place(meta(40, '', { marker: true }), '')).toBe('placed');
    const found = (await versions(TARGET)).map(({ stamp, kind }) => `${stamp} ${kind}`);
    expect(found).toEqual(['40 delete-marker', '30 normal', '20 delete-marker', '10 normal']);
  });

  it('takes no bytes but those that were announced', async () => {
    const crc64 = Buffer.alloc(8, 1);
    await expect(place(meta(10, 'abc', { crc64 }), 'abc')).rejects.toMatchObject({ code: 'BadDigest' });
    await expect(place(meta(10, 'abcd'), 'abc')).rejects.toMatchObject({ code: 'BadDigest' });
    expect(await versions(TARGET)).toEqual([]);
  });

  it('takes no id that another version has', async () => {
    const { stamp } = await put(TARGET, 'k', 'own');
    await expect(place(meta(stamp, 'x'), 'x')).rejects.toMatchObject({ code: 'FileAlreadyExists' });
  });
});
