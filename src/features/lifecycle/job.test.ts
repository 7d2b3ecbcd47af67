/**
 * The job on a store in memory, day by day, beside a model that knows every version and looks at all of them at every
 * midnight. Zones are tiny, so that what a run skips is what the test is about.
 */
import { describe, expect, it } from 'vitest';
import { writeBucketConfig } from '../../model/bucket-configs.ts';
import { changeVersion } from '../../model/change-version.ts';
import { FIXTURE_BUCKET, openFixture, PLAIN } from '../../model/fixture.ts';
import { afterPrefix, currentKey, objectKeyOfRow, uploadPrefix, versionPrefix } from '../../model/keys.ts';
import { initiateUpload } from '../../model/multipart/upload.ts';
import { withExtra } from '../../model/records/attributes.ts';
import { unpackObject } from '../../model/records/object.ts';
import { replaceAttributes } from '../../model/restore.ts';
import { deleteObject, publishObject } from '../../model/write-object.ts';
import { storageTier } from '../intelligent-tiering/tier.ts';
import { BUCKET_LIFECYCLE } from './bucket-lifecycle.ts';
import { DAY_MS, GMT_8, HOUR_MS } from './calendar.ts';
import { naiveAction } from './harness.ts';
import { LifecycleJob } from './job.ts';
import type { LifecycleAction, LifecycleRule } from './rules.ts';

const CONTEXT = { signal: new AbortController().signal, progress: () => undefined };
const rule = (id: string, actions: LifecycleAction[], conditions: LifecycleRule['filter']['conditions'] = []) => ({
  id,
  filter: { and: false, conditions },
  enabled: true,
  actions,
  setMs: 0,
});
const days = (count: number) => ({ when: { days: count } });
const noncurrent = (count: number) => ({ days: count, daysName: 'NoncurrentDays' as const });
const prefix = (text: string) => [{ kind: 'prefix' as const, prefix: text }];

/** The fixture's clock begins at midnight UTC; lifecycle's midnight is 16:00. */
async function open(rules: LifecycleRule[], versioning: 'unset' | 'enabled' | 'suspended' = 'unset') {
  const fixture = await openFixture();
  const { services, clock } = fixture;
  const write = (next: LifecycleRule[]) =>
    writeBucketConfig(services, FIXTURE_BUCKET, BUCKET_LIFECYCLE, { rules: next }, (record) => ({
      ...record,
      versioning,
    }));
  await write(rules);
  const job = new LifecycleJob(services, GMT_8, 4);
  const put = async (key: string, size = 100_000, tags?: string[]) => {
    const attributes = tags === undefined ? PLAIN : withExtra(PLAIN, { tags });
    const object = { kind: 'normal' as const, size, etag: '', crc64: undefined, attributes, parts: 0 };
    return publishObject(services, await fixture.bucket(), key, object);
  };
  const rows = async (prefixOf: Buffer) =>
    (await services.store.meta.scan({ from: prefixOf, to: afterPrefix(prefixOf), limit: 10_000 })).rows;
  const all = async () => {
    const { record } = await fixture.bucket();
    const found = [...(await rows(currentKey(record.id, ''))), ...(await rows(versionPrefix(record.id, '')))];
    return found.map((row) => ({ key: objectKeyOfRow(row.key), record: unpackObject(row.value) }));
  };
  const keys = async () => (await all()).filter(({ record }) => record.kind !== 'delete-marker').map(({ key }) => key);
  const run = () => job.run(CONTEXT);
  /** Through a midnight. */
  const nextDay = async (count = 1) => {
    clock.advance(count * DAY_MS);
    await run();
    return job.tally;
  };
  return { ...fixture, job, put, rows, all, keys, write, run, nextDay };
}

describe('the job', () => {
  it('is due once for each midnight', async () => {
    const { job, clock, run } = await open([]);
    const now = clock.nowMs();
    expect(job.due(now)).toBe(now - 8 * HOUR_MS);
    await run();
    expect(job.due(now)).toBe(now + 16 * HOUR_MS);
    expect(job.due(now + 16 * HOUR_MS)).toBe(now + 16 * HOUR_MS);
  });

  it('expires what is due under its prefix, and nothing else', async () => {
    const { put, keys, nextDay, run } = await open([
      rule('logs', [{ kind: 'expiration', ...days(2) }], prefix('logs/')),
    ]);
    for (const key of ['logs/1', 'logs/2', 'log', 'logs0', 'a']) await put(key);
    await run();
    await nextDay();
    await put('logs/2');
    await nextDay();
    expect(await keys()).toEqual(['a', 'log', 'logs/1', 'logs/2', 'logs0']);
    // Written at midnight UTC: two full days end there, and the scan is at 16:00.
    await nextDay();
    expect(await keys()).toEqual(['a', 'log', 'logs/2', 'logs0']);
    await nextDay();
    expect(await keys()).toEqual(['a', 'log', 'logs0']);
  });

  it('moves without touching anything else, one way only', async () => {
    const { put, all, nextDay } = await open([
      rule('ia', [{ kind: 'transition', ...days(1), storageClass: 'Standard_IA' }]),
      rule('archive', [{ kind: 'transition', ...days(3), storageClass: 'ARCHIVE' }]),
      rule('back', [{ kind: 'transition', ...days(4), storageClass: 'STANDARD' }]),
    ]);
    await put('large', 65_536, ['k', 'v']);
    await put('small', 65_535);
    const before = (await all())[0]!.record;
    const classes: string[][] = [];
    for (let day = 0; day < 6; day++) {
      await nextDay();
      classes.push((await all()).map(({ record }) => record.storageClass));
    }
    expect(classes.map(([large]) => large)).toEqual([
      'STANDARD',
      'STANDARD_IA',
      'STANDARD_IA',
      'ARCHIVE',
      'ARCHIVE',
      'ARCHIVE',
    ]);
    expect(new Set(classes.map(([, small]) => small))).toEqual(new Set(['STANDARD']));
    const { record: after } = (await all())[0]!;
    expect(after).toMatchObject({ stamp: before.stamp, etag: before.etag, modifiedMs: before.modifiedMs });
    expect(after.attributes).toEqual({ ...before.attributes, storageClass: 'ARCHIVE' });
  });

  it('begins in the frequent tier what goes into intelligent tiering', async () => {
    const { put, all, nextDay, clock } = await open([
      rule('tiered', [{ kind: 'transition', ...days(40), storageClass: 'INTELLIGENT_TIERING' }]),
    ]);
    await put('k');
    await nextDay(45);
    const [object] = await all();
    expect(object?.record.storageClass).toBe('INTELLIGENT_TIERING');
    const tiering = { days: 30 };
    expect(storageTier(tiering, object!.record, clock.nowMs() + 29 * DAY_MS)).toBe('FREQUENT');
    expect(storageTier(tiering, object!.record, clock.nowMs() + 31 * DAY_MS)).toBe('INFREQUENT');
  });

  it('reads no zone before something in it is due', async () => {
    const { put, nextDay, keys } = await open([rule('all', [{ kind: 'expiration', ...days(20) }])]);
    for (let i = 0; i < 40; i++) {
      if (i === 20) await nextDay();
      await put(`k${String(i).padStart(3, '0')}`);
    }
    for (let day = 0; day < 19; day++) expect(await nextDay()).toMatchObject({ rows: 0, zones: 0, zonesSkipped: 5 });
    expect(await nextDay()).toMatchObject({ rows: 40, expired: 20 });
    expect(await nextDay()).toMatchObject({ rows: 20, expired: 20 });
    expect(await keys()).toEqual([]);
  });

  it('puts delete markers, takes noncurrent versions away, and markers with the last of them', async () => {
    const { put, all, nextDay } = await open(
      [
        rule('r', [
          { kind: 'expiration', ...days(1) },
          { kind: 'noncurrent-expiration', ...noncurrent(2) },
        ]),
      ],
      'enabled',
    );
    await put('k');
    await put('k');
    await nextDay(2);
    expect((await all()).map(({ record }) => record.kind)).toEqual(['delete-marker', 'normal', 'normal']);
    await nextDay();
    await nextDay();
    expect((await all()).map(({ record }) => record.kind)).toEqual(['delete-marker', 'normal']);
    await nextDay();
    expect(await all()).toEqual([]);
  });

  it('keeps as many newer noncurrent versions as a rule says, however old they are', async () => {
    const keep = { kind: 'noncurrent-expiration' as const, ...noncurrent(1), newer: 2 };
    const { put, keys, nextDay } = await open([rule('r', [keep])], 'enabled');
    for (let written = 0; written < 5; written++) await put('k');
    await put('other');
    await nextDay(3);
    expect((await keys()).sort()).toEqual(['k', 'k', 'k', 'other']);
    expect((await nextDay(20)).expired).toBe(0);
    // One more makes one too many of those that are old enough: at once, not after days of its own.
    await put('k');
    expect((await nextDay()).expired).toBe(1);
    expect((await keys()).sort()).toEqual(['k', 'k', 'k', 'other']);
  });

  it('takes several markers only where a rule says so', async () => {
    const expire: LifecycleAction = { kind: 'noncurrent-expiration', ...noncurrent(1) };
    const { services, bucket, put, all, nextDay, write } = await open([rule('r', [expire])], 'enabled');
    await put('k');
    for (let i = 0; i < 3; i++) await deleteObject(services, await bucket(), 'k', undefined);
    await nextDay(3);
    expect((await all()).map(({ record }) => record.kind)).toEqual(Array(3).fill('delete-marker'));
    await write([rule('r', [expire, { kind: 'expired-marker', on: true }])]);
    await nextDay();
    expect(await all()).toEqual([]);
  });

  it('keeps what was overwritten, locked or tagged otherwise between looking and doing', async () => {
    const tagged = [{ kind: 'tag' as const, key: 'keep', value: 'no' }];
    const { services, bucket, clock, put, keys, nextDay } = await open([
      rule('r', [{ kind: 'expiration', ...days(1) }], tagged),
    ]);
    await put('late', 1);
    await put('tagged', 1, ['keep', 'no']);
    await nextDay(5);
    expect(await keys()).toEqual(['late']);
    await changeVersion(services, await bucket(), 'late', undefined, (record) =>
      replaceAttributes(record, withExtra(record.attributes, { tags: ['keep', 'no'] })),
    );
    await nextDay();
    expect(await keys()).toEqual([]);
    const lock = { retainUntilMs: clock.nowMs() + 4 * DAY_MS, legalHold: false };
    const attributes = withExtra(PLAIN, { tags: ['keep', 'no'], lock });
    const object = { kind: 'normal' as const, size: 1, etag: '', crc64: undefined, attributes, parts: 0 };
    await publishObject(services, await bucket(), 'locked', object);
    await nextDay(3);
    expect(await keys()).toEqual(['locked']);
    await nextDay(2);
    expect(await keys()).toEqual([]);
  });

  it('aborts unfinished uploads', async () => {
    const { services, bucket, rows, nextDay } = await open([
      rule('r', [{ kind: 'abort-uploads', days: 3 }], prefix('u')),
    ]);
    for (const key of ['u1', 'u2', 'v']) await initiateUpload(services, await bucket(), key, PLAIN, '1', false);
    const left = async () => (await rows(uploadPrefix((await bucket()).record.id, ''))).length;
    await nextDay(3);
    expect(await left()).toBe(3);
    expect(await nextDay()).toMatchObject({ uploadsAborted: 2 });
    expect(await left()).toBe(1);
  });

  it('looks at everything again after the clock was set back', async () => {
    const { clock, put, keys, nextDay, job } = await open([rule('r', [{ kind: 'expiration', ...days(30) }])]);
    const start = clock.nowMs();
    await put('a');
    await nextDay();
    clock.set(start - 100 * DAY_MS);
    job.due(clock.nowMs());
    await put('old');
    clock.set(start + DAY_MS);
    await nextDay();
    expect(await keys()).toEqual(['a']);
  });

  it('goes on where it was', async () => {
    const { services, put, keys, nextDay, clock } = await open([rule('r', [{ kind: 'expiration', ...days(1) }])]);
    for (let i = 0; i < 30; i++) await put(`k${String(i).padStart(3, '0')}`);
    await nextDay();
    clock.advance(DAY_MS);
    const stop = new AbortController();
    const first = new LifecycleJob(services, GMT_8, 4);
    await first.run({ signal: stop.signal, progress: (rows) => rows >= 8 && stop.abort() });
    const left = (await keys()).length;
    expect(left).toBeLessThan(30);
    expect(left).toBeGreaterThan(10);
    const second = new LifecycleJob(services, GMT_8, 4);
    await second.run(CONTEXT);
    expect(second.tally.expired).toBe(left);
    expect(await keys()).toEqual([]);
  });
});

interface Modelled {
  stamp: number;
  marker: boolean;
  size: number;
  modifiedMs: number;
  storageClass: string;
  tags: string[];
}

/** Small and repeatable. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * below);
  };
}

describe('day by day beside a model', () => {
  it.each([
    ['unset', 1],
    ['unset', 2],
    ['enabled', 3],
    ['enabled', 4],
    ['enabled', 5],
    ['enabled', 6],
  ] as const)('does what looking at everything does: versioning %s, seed %i', async (versioning, seed) => {
    const random = randomOf(seed);
    const tag = [{ kind: 'tag' as const, key: 't', value: '1' }];
    const rules = [
      rule('ia', [{ kind: 'transition', ...days(2), storageClass: 'STANDARD_IA' }], prefix('a')),
      rule('all', [
        { kind: 'expiration', ...days(9) },
        { kind: 'noncurrent-expiration', ...noncurrent(6) },
      ]),
      rule('tagged', [{ kind: 'expiration', ...days(3) }], [...prefix('b'), ...tag]),
      rule('old', [{ kind: 'noncurrent-transition', ...noncurrent(1), storageClass: 'ARCHIVE' }], prefix('a/')),
      rule('markers', [{ kind: 'expired-marker', on: true }], prefix('c')),
    ];
    const { services, bucket, clock, put, all, run } = await open(rules, versioning);
    const model = new Map<string, Modelled[]>();
    const of = (key: string) => model.get(key) ?? [];
    let marked = 0;
    const midnight = (ms: number) => {
      for (const [key, versions] of model) {
        const judged = versions.map((version, at) => {
          if (version.marker) return 'none';
          const sinceMs = (versions[at - 1] ?? version).modifiedMs;
          const facts = { key, kind: 'normal' as const, lockedUntilMs: 0, ...version, sinceMs };
          return naiveAction(rules, facts, at > 0, ms, ms);
        });
        let kept = versions.filter((version, at) => {
          if (judged[at] !== 'none' && judged[at] !== 'expire') version.storageClass = judged[at]!;
          return at === 0 || judged[at] !== 'expire';
        });
        // The marker goes with the last version that was below it.
        if (kept.length === 1 && kept[0]!.marker && versions.length > 1) kept = [];
        if (judged[0] === 'expire') {
          if (versioning === 'unset') kept = [];
          else {
            const now = clock.nowMs();
            kept.unshift({ stamp: 0, marker: true, size: 0, modifiedMs: now, storageClass: '', tags: [] });
            marked += 1;
          }
        } else if (key.startsWith('c') && kept.length > 0 && kept.every(({ marker }) => marker)) {
          if (kept[0]!.modifiedMs <= ms) kept = [];
        }
        model.set(key, kept);
      }
    };
    const shown = (versions: { marker: boolean; modifiedMs: number; storageClass: string }[]) =>
      versions.map(({ marker, modifiedMs, storageClass }) => (marker ? `marker` : `${modifiedMs} ${storageClass}`));
    for (let day = 0; day < 45; day++) {
      clock.advance(HOUR_MS);
      for (let i = random(12); i > 0; i--) {
        clock.advance(1_000);
        const key = `${'abc'[random(3)]}/${random(8)}`;
        const versions = of(key);
        const newest = versions[0];
        switch (random(versioning === 'unset' ? 3 : 6)) {
          case 0:
          case 1: {
            const tags = random(3) === 0 ? ['t', '1'] : [];
            const size = random(4) === 0 ? 10 : 100_000;
            const { record } = await put(key, size, tags.length > 0 ? tags : undefined);
            const { stamp, modifiedMs } = record;
            const made = { stamp, marker: false, size, modifiedMs, storageClass: 'STANDARD', tags };
            model.set(key, versioning === 'unset' ? [made] : [made, ...versions]);
            break;
          }
          case 2:
            if (newest === undefined || newest.marker) break;
            await changeVersion(services, await bucket(), key, undefined, (record) =>
              replaceAttributes(record, withExtra(record.attributes, { tags: ['t', '1'] })),
            );
            newest.tags = ['t', '1'];
            break;
          case 3: {
            await deleteObject(services, await bucket(), key, undefined);
            const now = clock.nowMs();
            const marker = { stamp: 0, marker: true, size: 0, modifiedMs: now, storageClass: '', tags: [] };
            model.set(key, [marker, ...versions]);
            break;
          }
          default: {
            const at = random(versions.length);
            const stored = (await all()).filter((entry) => entry.key === key);
            const ordered = stored.map(({ record }) => record).sort((a, b) => b.stamp - a.stamp);
            const record = ordered[at];
            if (record === undefined) break;
            await deleteObject(services, await bucket(), key, services.ids.versionIdOf(record.stamp));
            model.set(
              key,
              versions.filter((_, place) => place !== at),
            );
          }
        }
      }
      const toMidnight = DAY_MS - ((clock.nowMs() + 8 * HOUR_MS) % DAY_MS);
      clock.advance(toMidnight);
      midnight(clock.nowMs());
      await run();
      const stored = new Map<string, { marker: boolean; modifiedMs: number; storageClass: string; stamp: number }[]>();
      for (const { key, record } of await all()) {
        const { stamp, modifiedMs, storageClass } = record;
        const marker = record.kind === 'delete-marker';
        stored.set(key, [...(stored.get(key) ?? []), { marker, modifiedMs, storageClass, stamp }]);
      }
      for (const key of new Set([...model.keys(), ...stored.keys()])) {
        const found = (stored.get(key) ?? []).sort((a, b) => b.stamp - a.stamp);
        expect([day, key, shown(found)]).toEqual([day, key, shown(of(key))]);
      }
    }
    if (versioning !== 'unset') expect(marked).toBeGreaterThan(0);
  });
});
