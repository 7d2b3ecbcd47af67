/** Reports of buckets in memory, read by a reader of their own and compared with what was put. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createBucket, loadBucket, updateBucket } from '../../model/buckets.ts';
import { loadSmall, openContent } from '../../model/content.ts';
import { FIXTURE_BUCKET, openFixture, PLAIN } from '../../model/fixture.ts';
import { listObjects } from '../../model/listing/list-objects.ts';
import { readObject } from '../../model/read-object.ts';
import { withExtra } from '../../model/records/attributes.ts';
import { cipherOf } from '../../model/unseal.ts';
import { deleteObject, publishObject } from '../../model/write-object.ts';
import { DAY_MS, HOUR_MS } from '../lifecycle/calendar.ts';
import { findInventory, inventoriesOf, postInventory, putInventory, removeInventory } from './catalogue.ts';
import type { InventoryConfiguration } from './configuration.ts';
import { askForReports, InventoryJob } from './job.ts';

const REPORTS = 'reports-1250000000';
const BASE: InventoryConfiguration = {
  id: 'all',
  schedule: { enabled: true, frequency: 'Daily' },
  destination: {
    format: 'CSV',
    accountId: undefined,
    bucket: `qcs::cos:ap-guangzhou::${REPORTS}`,
    prefix: 'inv',
    encrypted: false,
  },
  filter: undefined,
  versions: 'Current',
  fields: [],
};
const field = (name: string, meta?: string) => ({ name, meta });
const filter = (more: Partial<NonNullable<InventoryConfiguration['filter']>>) => ({
  filter: { and: true, prefix: undefined, tags: [], storageClasses: [], period: undefined, ...more },
});

/** RFC 4180, character by character. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (inside) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += c;
        i += 1;
      } else inside = false;
    } else if (c === '"') inside = true;
    else if (c === ',' || c === '\n') {
      row.push(cell);
      cell = '';
      if (c === '\n') {
        rows.push(row);
        row = [];
      }
    } else cell += c;
  }
  expect([row, cell, inside]).toEqual([[], '', false]);
  return rows;
}

async function open(fileLines?: number, versioning: 'unset' | 'enabled' = 'unset') {
  const fixture = await openFixture();
  const { services, clock } = fixture;
  await createBucket(services, {
    name: REPORTS,
    appid: '1250000000',
    ownerUin: '100000000001',
    region: 'ap-guangzhou',
    acl: 'private',
  });
  if (versioning !== 'unset') await updateBucket(services, FIXTURE_BUCKET, (record) => ({ ...record, versioning }));
  const job = new InventoryJob(services, fileLines);
  const put = async (key: string, size = 10, attributes = PLAIN) => {
    const object = {
      kind: 'normal' as const,
      size,
      etag: 'e'.repeat(32),
      crc64: Buffer.from('995dc9bbdf1939fa', 'hex'),
    };
    return publishObject(services, await fixture.bucket(), key, { ...object, attributes, parts: 0 });
  };
  const run = (signal = new AbortController().signal) => job.run({ signal, progress: () => undefined });
  const nextDay = async () => {
    clock.advance(DAY_MS);
    await run();
  };
  const keys = async () => {
    const { record } = await loadBucket(services, REPORTS);
    const page = await listObjects(services, record.id, { prefix: '', delimiter: '', limit: 1_000, after: '' });
    return page.objects.map(({ key }) => key);
  };
  const read = async (key: string): Promise<Buffer> => {
    const bucket = await loadBucket(services, REPORTS);
    const object = await readObject(services, bucket, key, undefined);
    const cipher = cipherOf(services, object.record.attributes, undefined, 'read');
    const small = await loadSmall(services, object, cipher);
    if (small !== undefined) return small;
    const content = await openContent(services, bucket.record.id, object, cipher);
    const whole = Buffer.alloc(object.record.size);
    await content.read(0, whole);
    await content.close();
    return whole;
  };
  /** The manifest of a day, and the rows of all its files; each sum and size is what the manifest says. */
  const report = async (day: string, id = 'all') => {
    const folder = `inv/1250000000/demo/${id}/`;
    const text = await read(`${folder}${day}/manifest.json`);
    const sum = createHash('md5').update(text).digest('hex');
    expect((await read(`${folder}${day}/manifest.checksum`)).toString()).toBe(sum);
    const manifest = JSON.parse(text.toString()) as Record<string, string> & {
      files: { key: string; size: string; md5Checksum: string }[];
    };
    const rows: string[][] = [];
    const counts: number[] = [];
    for (const { key, size, md5Checksum } of manifest.files) {
      expect(key).toMatch(new RegExp(`^${folder}[0-9a-f]{32}\\.csv\\.gz$`));
      const file = await read(key);
      expect([String(file.length), createHash('md5').update(file).digest('hex')]).toEqual([size, md5Checksum]);
      const read_ = readCsv(gunzipSync(file).toString());
      counts.push(read_.length);
      rows.push(...read_);
    }
    return { manifest, rows, counts };
  };
  return { ...fixture, job, put, run, nextDay, keys, report };
}

describe('a report', () => {
  it('is due at midnight, and holds every object', async () => {
    const { services, clock, job, put, run, nextDay, report } = await open();
    const names = ['a', 'b c', 'ü/中,"\n', 'z'];
    for (const name of names) await put(name);
    await putInventory(services, FIXTURE_BUCKET, { ...BASE, fields: [field('Size'), field('Crc64'), field('Size')] });
    await run();
    expect(job.due(clock.nowMs())).toBe(clock.nowMs() + 16 * HOUR_MS);
    await nextDay();
    const { manifest, rows } = await report('20261127');
    expect(rows).toEqual(
      ['a', 'b%20c', 'z', '%C3%BC/%E4%B8%AD%2C%22%0A'].map((key) => [
        '1250000000',
        'demo',
        key,
        '10',
        '11051210869376104954',
      ]),
    );
    expect(manifest).toMatchObject({
      sourceAppid: '1250000000',
      sourceBucket: 'demo',
      destinationAppid: '1250000000',
      destinationBucket: 'reports',
      fileFormat: 'CSV',
      listObjectCount: '4',
      listStorageSize: '40',
      filterObjectCount: '4',
      filterStorageSize: '40',
      fileSchema: 'Appid, Bucket, Key, Size, Crc64',
    });
  });

  it('shows versions, markers, tags and metadata', async () => {
    const { services, bucket, put, nextDay, report } = await open(undefined, 'enabled');
    const attributes = withExtra({ ...PLAIN, userMeta: ['color', 'light "blue", 1'] }, { tags: ['a&', 'b', 'c', ''] });
    const first = await put('k', 1, attributes);
    const second = await put('k', 2);
    await deleteObject(services, await bucket(), 'k', undefined);
    await putInventory(services, FIXTURE_BUCKET, {
      ...BASE,
      versions: 'All',
      fields: ['Tag', 'LastModifiedDate', 'ETag', 'StorageClass', 'IsMultipartUploaded', 'ReplicationStatus']
        .map((name) => field(name))
        .concat(field('x-cos-meta-Color', 'color'), field('Size')),
    });
    await nextDay();
    const { manifest, rows } = await report('20261127');
    expect(manifest['fileSchema']).toBe(
      'Appid, Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, ' +
        'IsMultipartUploaded, ReplicationStatus, Tag, x-cos-meta-Color',
    );
    const at = '2026-11-26T00:00:00.000Z';
    const etag = 'e'.repeat(32);
    expect(rows.map((row) => row.slice(3))).toEqual([
      [expect.any(String), 'true', 'true', '', at, '', '', '', '', '', ''],
      [second.versionId, 'false', 'false', '2', at, etag, 'STANDARD', 'false', '', '', ''],
      [first.versionId, 'false', 'false', '1', at, etag, 'STANDARD', 'false', '', 'a%26=b&c=', 'light "blue", 1'],
    ]);
  });

  it('leaves out what the filter does not name', async () => {
    const { services, clock, put, nextDay, report } = await open();
    await put('p/old');
    clock.advance(10_500);
    const startS = Math.floor(clock.nowMs() / 1_000);
    await put('p/in', 1, withExtra({ ...PLAIN, storageClass: 'ARCHIVE' }, { tags: ['x', 'y', 'a', 'b'] }));
    await put('p/tag', 1, withExtra({ ...PLAIN, storageClass: 'ARCHIVE' }, { tags: ['a', 'c'] }));
    await put('p/class', 1, withExtra(PLAIN, { tags: ['a', 'b'] }));
    await put('q');
    const set = (id: string, more: Partial<InventoryConfiguration>) =>
      putInventory(services, FIXTURE_BUCKET, { ...BASE, id, ...more });
    await set('prefix', filter({ prefix: 'p/' }));
    await set('tags', filter({ tags: ['a', 'b'] }));
    await set('class', filter({ storageClasses: ['archive'] }));
    await set('period', filter({ prefix: 'p/', period: { start: startS, end: startS } }));
    await set('before', filter({ period: { start: undefined, end: startS - 1 } }));
    await set('none', filter({ prefix: 'none' }));
    await nextDay();
    const found = async (id: string) => (await report('20261127', id)).rows.map((row) => row[2]);
    expect(await found('prefix')).toEqual(['p/class', 'p/in', 'p/old', 'p/tag']);
    expect(await found('tags')).toEqual(['p/class', 'p/in']);
    expect(await found('class')).toEqual(['p/in', 'p/tag']);
    expect(await found('period')).toEqual(['p/class', 'p/in', 'p/tag']);
    expect(await found('before')).toEqual(['p/old']);
    const { manifest } = await report('20261127', 'none');
    expect(manifest).toMatchObject({ files: [], listObjectCount: '0', filterObjectCount: '0' });
    expect((await report('20261127', 'period')).manifest).toMatchObject({
      listObjectCount: '4',
      filterObjectCount: '3',
    });
  });

  it('of a large bucket has several files, and goes on behind the last one after a stop', async () => {
    const { services, clock, put, run, report, keys } = await open(1_000, 'enabled');
    const truth: string[] = [];
    for (let i = 0; i < 3_300; i++) {
      const name = `k${String(i % 2_500).padStart(5, '0')}`;
      await put(name, i);
      truth.push(name);
    }
    await putInventory(services, FIXTURE_BUCKET, { ...BASE, versions: 'All' });
    clock.advance(DAY_MS);
    // A stop in front of each page: the run needs as many tries as there are files, and begins no file anew.
    let stopped = 0;
    for (let tries = 0; tries < 10; tries++) {
      const abort = new AbortController();
      let pages = 0;
      const sleep = services.sleep;
      Object.assign(services, {
        sleep: (ms: number) => {
          pages += 1;
          if (pages === 2) abort.abort();
          return sleep(ms);
        },
      });
      await run(abort.signal);
      Object.assign(services, { sleep });
      if (!abort.signal.aborted) break;
      stopped += 1;
    }
    expect(stopped).toBeGreaterThan(1);
    const { rows, counts, manifest } = await report('20261127');
    expect(counts).toEqual([1_000, 1_000, 1_000, 300]);
    expect(rows.map((row) => row[2])).toEqual(truth.sort());
    expect(new Set(rows.map((row) => row[3])).size).toBe(3_300);
    expect(manifest['filterObjectCount']).toBe('3300');
    expect(await keys()).toHaveLength(6);
  }, 60_000);

  it('is encrypted where that is asked for, or the default of the destination', async () => {
    const { services, put, nextDay, keys, report } = await open();
    await put('a');
    await putInventory(services, FIXTURE_BUCKET, {
      ...BASE,
      destination: { ...BASE.destination, encrypted: true },
    });
    await nextDay();
    expect((await report('20261127')).rows).toHaveLength(1);
    const bucket = await loadBucket(services, REPORTS);
    for (const key of await keys()) {
      const { record } = await readObject(services, bucket, key, undefined);
      expect(record.attributes.extra?.encryption?.mode).toBe('cos');
    }
  });

  it('does not stand in the way of others when its destination is gone', async () => {
    const { services, put, nextDay, report, job, clock } = await open();
    await put('a');
    const bucket = 'qcs::cos:ap-guangzhou::gone-1250000000';
    await putInventory(services, FIXTURE_BUCKET, { ...BASE, id: '0', destination: { ...BASE.destination, bucket } });
    await putInventory(services, FIXTURE_BUCKET, BASE);
    await nextDay();
    expect((await report('20261127')).rows).toHaveLength(1);
    expect(job.due(clock.nowMs())).toBeGreaterThan(clock.nowMs());
  });
});

describe('a crash', () => {
  it('behind a file and in front of its note leaves no file too many, and no row twice', async () => {
    const { services, clock, put, run, report, keys } = await open(2);
    const names = Array.from({ length: 5 }, (_, i) => `k${i}`);
    for (const name of names) await put(name);
    await putInventory(services, FIXTURE_BUCKET, BASE);
    clock.advance(DAY_MS);
    const { meta } = services.store;
    const commit = meta.commit.bind(meta);
    let crashes = 0;
    Object.assign(meta, {
      commit: (change: Parameters<typeof commit>[0]) => {
        if (!change.puts?.some(({ key }) => key.includes('inventory/r/')) || crashes >= 2) return commit(change);
        crashes += 1;
        throw new Error('crash');
      },
    });
    await expect(run()).rejects.toThrow('crash');
    // Meanwhile the file would have other rows.
    await put('k05');
    await expect(run()).rejects.toThrow('crash');
    await run();
    const { rows, counts } = await report('20261127');
    expect(rows.map((row) => row[2])).toEqual(['k0', 'k05', 'k1', 'k2', 'k3', 'k4']);
    expect(counts).toEqual([6]);
    expect(await keys()).toHaveLength(3);
  });
});

describe('a report that is made once', () => {
  it('is made at once, and its id is free afterwards', async () => {
    const { services, clock, job, put, run, report, bucket } = await open();
    await run();
    await put('a');
    const once = { ...BASE, id: 'once', schedule: undefined };
    expect(await postInventory(services, FIXTURE_BUCKET, once)).toMatch(/^\d+$/);
    askForReports(services);
    expect(job.due(clock.nowMs())).toBe(clock.nowMs());
    await expect(postInventory(services, FIXTURE_BUCKET, once)).rejects.toMatchObject({ code: 'DuplicateInventoryId' });
    await run();
    expect((await report('20261126', 'once')).rows).toEqual([['1250000000', 'demo', 'a']]);
    expect((await bucket()).record.configs).toBeUndefined();
    await postInventory(services, FIXTURE_BUCKET, once);
    await putInventory(services, FIXTURE_BUCKET, BASE);
    await expect(postInventory(services, FIXTURE_BUCKET, { ...once, id: 'all' })).rejects.toMatchObject({
      code: 'DuplicateInventoryId',
    });
  });
});

describe('the catalogue', () => {
  it('keeps the order of creation, and one name in the record', async () => {
    const { services, bucket } = await open();
    for (const id of ['c', 'a', 'b']) await putInventory(services, FIXTURE_BUCKET, { ...BASE, id });
    await putInventory(services, FIXTURE_BUCKET, { ...BASE, id: 'c', versions: 'All' });
    const ids = async () => (await inventoriesOf(services, await bucket(), 's')).map((one) => one.configuration.id);
    expect(await ids()).toEqual(['c', 'a', 'b']);
    expect((await findInventory(services, await bucket(), 's', 'c'))?.configuration.versions).toBe('All');
    expect((await bucket()).record.configs).toEqual(['inventory']);
    for (const id of ['a', 'a', 'c', 'b']) await removeInventory(services, FIXTURE_BUCKET, 's', id);
    expect(await ids()).toEqual([]);
    expect((await bucket()).record.configs).toBeUndefined();
  });

  it('is full with a thousand', async () => {
    const { services, bucket } = await open();
    for (let i = 0; i < 1_000; i++) await putInventory(services, FIXTURE_BUCKET, { ...BASE, id: `ID-${i}` });
    await expect(putInventory(services, FIXTURE_BUCKET, BASE)).rejects.toMatchObject({ code: 'InventoryFull' });
    await putInventory(services, FIXTURE_BUCKET, { ...BASE, id: 'ID-7' });
    await removeInventory(services, FIXTURE_BUCKET, 's', 'ID-0');
    await putInventory(services, FIXTURE_BUCKET, BASE);
    const all = await inventoriesOf(services, await bucket(), 's');
    expect(all.map(({ configuration }) => configuration.id)).toEqual([
      ...Array.from({ length: 999 }, (_, i) => `ID-${i + 1}`),
      'all',
    ]);
  }, 30_000);
});
