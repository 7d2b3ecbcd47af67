import { describe, expect, it } from 'vitest';
import { updateBucket } from '../../model/buckets.ts';
import { FIXTURE_BUCKET, type Fixture, openFixture, PLAIN } from '../../model/fixture.ts';
import { DAY_MS } from '../../model/object-lock.ts';
import { readObject } from '../../model/read-object.ts';
import type { Versioning } from '../../model/records/bucket.ts';
import { deleteObject, publishObject } from '../../model/write-object.ts';
import { noteRead, settleNotes, tierIn } from './access-notes.ts';
import { lastAccessMs } from './tier.ts';

async function open(versioning: Versioning = 'unset'): Promise<Fixture> {
  const fixture = await openFixture();
  await updateBucket(fixture.services, FIXTURE_BUCKET, (record) => ({ ...record, versioning, tiering: { days: 30 } }));
  return fixture;
}

async function write({ services, bucket }: Fixture, key: string, storageClass = 'INTELLIGENT_TIERING') {
  const attributes = { ...PLAIN, storageClass };
  const object = { kind: 'normal' as const, size: 100_000, etag: 'e', crc64: undefined, attributes, parts: 0 };
  return publishObject(services, await bucket(), key, object);
}

async function read({ services, bucket }: Fixture, key: string, versionId?: string) {
  const entry = await bucket();
  const found = await readObject(services, entry, key, versionId);
  noteRead(services, entry, found);
  return found;
}

async function look({ services, bucket }: Fixture, key: string, versionId?: string) {
  const entry = await bucket();
  const { record, row } = await readObject(services, entry, key, versionId);
  return { tier: tierIn(services, entry.record, key, record), readMs: lastAccessMs(record), rowVersion: row.version };
}

describe('noteRead', () => {
  it('brings an object back at once, and keeps it there for the days', async () => {
    const fixture = await open();
    const { clock, services } = fixture;
    await write(fixture, 'k');
    clock.advance(30 * DAY_MS);
    expect((await look(fixture, 'k')).tier).toBe('INFREQUENT');
    await read(fixture, 'k');
    expect((await look(fixture, 'k')).tier).toBe('FREQUENT');
    await settleNotes(services);
    expect(await look(fixture, 'k')).toMatchObject({ tier: 'FREQUENT', readMs: clock.nowMs() });
    clock.advance(30 * DAY_MS - 1);
    expect((await look(fixture, 'k')).tier).toBe('FREQUENT');
    clock.advance(1);
    expect((await look(fixture, 'k')).tier).toBe('INFREQUENT');
  });

  it('writes once a day however often it is read', async () => {
    const fixture = await open();
    await write(fixture, 'k');
    const rows = new Set<number>();
    for (let hour = 0; hour < 3 * 24; hour++) {
      for (let times = 0; times < 5; times++) await read(fixture, 'k');
      await settleNotes(fixture.services);
      rows.add((await look(fixture, 'k')).rowVersion);
      fixture.clock.advance(DAY_MS / 24);
    }
    expect(rows.size).toBe(3);
  });

  it('leaves modification time, ETag and version alone, and other classes wholly', async () => {
    const fixture = await open('enabled');
    const first = await write(fixture, 'k');
    await write(fixture, 'k');
    await write(fixture, 'plain', 'STANDARD');
    const plain = await look(fixture, 'plain');
    const newest = await look(fixture, 'k');
    fixture.clock.advance(40 * DAY_MS);
    await read(fixture, 'k', first.versionId);
    await read(fixture, 'plain');
    await settleNotes(fixture.services);
    expect((await look(fixture, 'plain')).rowVersion).toBe(plain.rowVersion);
    expect((await look(fixture, 'k')).rowVersion).toBe(newest.rowVersion);
    expect((await look(fixture, 'k')).tier).toBe('INFREQUENT');
    const noted = await look(fixture, 'k', first.versionId);
    expect(noted).toMatchObject({ tier: 'FREQUENT', readMs: fixture.clock.nowMs() });
    const { record } = await readObject(fixture.services, await fixture.bucket(), 'k', first.versionId);
    expect(record).toMatchObject({ etag: 'e', modifiedMs: first.record.modifiedMs, stamp: first.record.stamp });
  });

  it('is nothing for an object that went or was replaced meanwhile', async () => {
    const fixture = await open();
    const { services, bucket, clock } = fixture;
    await write(fixture, 'gone');
    await write(fixture, 'other');
    clock.advance(40 * DAY_MS);
    const entry = await bucket();
    const gone = await readObject(services, entry, 'gone', undefined);
    const other = await readObject(services, entry, 'other', undefined);
    await deleteObject(services, entry, 'gone', undefined);
    await write(fixture, 'other');
    const before = await look(fixture, 'other');
    noteRead(services, entry, gone);
    noteRead(services, entry, other);
    await settleNotes(services);
    await expect(readObject(services, entry, 'gone', undefined)).rejects.toMatchObject({ code: 'NoSuchKey' });
    expect((await look(fixture, 'other')).rowVersion).toBe(before.rowVersion);
  });

  it('keeps the notes of many objects that are read at once', async () => {
    const fixture = await open();
    const keys = Array.from({ length: 100 }, (_, at) => `k${at}`);
    for (const key of keys) await write(fixture, key);
    fixture.clock.advance(31 * DAY_MS);
    for (const key of keys) await read(fixture, key);
    await settleNotes(fixture.services);
    for (const key of keys) expect((await look(fixture, key)).readMs).toBe(fixture.clock.nowMs());
  });
});
