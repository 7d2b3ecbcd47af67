import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { createIds } from './ids.ts';

const NOW = Date.UTC(2026, 10, 26, 8, 0, 0, 123);

/** Bytes that are the same in each run. */
function repeatable(): (size: number) => Buffer {
  let calls = 0;
  return (size) => createHash('shake256', { outputLength: size }).update(`${calls++}`).digest();
}

function text(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

describe('request ids', () => {
  it('have the form of COS (spec/protocol.md §8)', () => {
    const clock = new ManualClock(NOW);
    const ids = createIds(clock, repeatable());
    const id = ids.requestId();
    expect(Buffer.from(text(id), 'latin1').toString('base64')).toBe(id);
    expect(text(id)).toMatch(
      new RegExp(`^${Math.floor(NOW / 1000).toString(16)}_[0-9a-f]{8}_[0-9a-f]{4}_[0-9a-f]{1,8}$`),
    );
    clock.advance(1_000);
    expect(text(ids.requestId()).startsWith((Math.floor(NOW / 1000) + 1).toString(16))).toBe(true);
  });

  it('differ, also between processes', () => {
    const clock = new ManualClock(NOW);
    const [one, two] = [createIds(clock), createIds(clock)];
    const all = new Set<string>();
    for (let i = 0; i < 5_000; i++) all.add(one.requestId()).add(two.requestId());
    expect(all.size).toBe(10_000);
  });

  it('count on where the counter is full', () => {
    const ids = createIds(new ManualClock(NOW), (size) => Buffer.alloc(size, 0xff));
    expect(text(ids.requestId())).toMatch(/_0$/);
    expect(text(ids.requestId())).toMatch(/_1$/);
  });
});

describe('trace ids', () => {
  const ids = createIds(new ManualClock(NOW), repeatable());

  it('are 128 hex digits that begin as all of COS do, in base64', () => {
    const trace = ids.traceId(ids.requestId());
    expect(text(trace)).toMatch(/^8efc6b2d3b069ca89454d10b9ef00187[0-9a-f]{96}$/);
    expect(trace.startsWith('OGVmYzZiMmQz')).toBe(true);
  });

  it('belong to one request', () => {
    const [one, two] = [ids.requestId(), ids.requestId()];
    expect(ids.traceId(one)).toBe(ids.traceId(one));
    expect(ids.traceId(one)).not.toBe(ids.traceId(two));
    expect(text(ids.traceId('x'.repeat(200)))).toHaveLength(128);
  });
});

describe('stamps', () => {
  it('are microseconds, and grow while the clock stands still or goes back', () => {
    const clock = new ManualClock(NOW);
    const ids = createIds(clock);
    const seen = [ids.versionStamp(), ids.versionStamp()];
    clock.set(NOW - 60_000);
    seen.push(ids.versionStamp());
    clock.set(NOW + 1);
    seen.push(ids.versionStamp());
    expect(seen).toEqual([NOW * 1000, NOW * 1000 + 1, NOW * 1000 + 2, NOW * 1000 + 1000]);
    expect(Number.isSafeInteger(seen[0])).toBe(true);
  });
});

describe('version ids', () => {
  const ids = createIds(new ManualClock(NOW));
  const stamp = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

  it('are read back, and newer ones have lower numbers (spec/objects.md §2.9)', () => {
    fc.assert(
      fc.property(stamp, stamp, (a, b) => {
        expect(ids.parseVersionId(ids.versionIdOf(a))).toBe(a);
        const [first, second] = [text(ids.versionIdOf(a)), text(ids.versionIdOf(b))];
        expect(first).toMatch(/^\d{20}$/);
        expect(first < second).toBe(a > b);
      }),
    );
  });

  it('read the sample of the documentation', () => {
    const read = ids.parseVersionId('MTg0NDUxNzcwMDkzMDE3NDQ0MDU')!;
    expect(new Date(read / 1000).getUTCFullYear()).toBe(2019);
    expect(ids.versionIdOf(read)).toBe('MTg0NDUxNzcwMDkzMDE3NDQ0MDU');
  });

  it.each([
    '',
    'null',
    'MTg0NDUxNzcwMDkzMDE3NDQ0MDU=',
    'MTg0NDUxNzcwMDkzMDE3NDQ0MDV',
    'MTg0NDUxNzcwMDkzMDE3NDQ0MD ',
    'AAAAAAAAAAAAAAAAAAAAAAAAAAA',
    Buffer.from('18446744073709551616').toString('base64url'),
    Buffer.from('18446744073709551617').toString('base64url'),
    Buffer.from('10000000000000000000').toString('base64url'),
  ])('are not %j', (given) => {
    expect(ids.parseVersionId(given)).toBeUndefined();
  });
});

describe('upload ids', () => {
  it('sort by age, and differ for one stamp', () => {
    const ids = createIds(new ManualClock(NOW));
    const stamp = fc.integer({ min: 1_000_000_000_000_000, max: 9_000_000_000_000_000 });
    fc.assert(
      fc.property(stamp, fc.integer({ min: 1, max: 5_000_000 }), (older, age) => {
        expect(ids.uploadId(older)).toMatch(/^\d{10}[0-9a-f]{64}$/);
        expect(ids.uploadId(older) < ids.uploadId(older + age)).toBe(true);
      }),
    );
    expect(ids.uploadId(NOW * 1000)).not.toBe(ids.uploadId(NOW * 1000));
    expect(ids.uploadId(NOW * 1000).slice(0, 10)).toBe(`${Math.floor(NOW / 1000)}`);
  });
});

describe('chance', () => {
  it('comes from the source that was given', () => {
    const make = (): string[] => {
      const ids = createIds(new ManualClock(NOW), repeatable());
      return [ids.requestId(), ids.uploadId(1_700_000_000_000_001), ids.processId()];
    };
    expect(make()).toEqual(make());
  });

  it('comes from the system otherwise', () => {
    const [one, two] = [createIds(new ManualClock(NOW)), createIds(new ManualClock(NOW))];
    expect(one.processId()).not.toBe(two.processId());
    expect(one.processId()).toBe(one.processId());
  });
});
