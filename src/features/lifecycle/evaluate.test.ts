import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, GMT_8, HOUR_MS, midnightBefore } from './calendar.ts';
import { compileRules } from './compile.ts';
import { dueAt, judgeMarkers, judgeUpload, judgeVersion, type VersionFacts } from './evaluate.ts';
import { naiveAction } from './harness.ts';
import type { LifecycleAction, LifecycleRule } from './rules.ts';

/** A time at GMT+8. */
const at = (day: number, hour = 0, minute = 0) => Date.UTC(2026, 0, day, hour, minute) - 8 * HOUR_MS;

const rule = (actions: LifecycleAction[], more: Partial<LifecycleRule> = {}): LifecycleRule => ({
  id: 'r',
  filter: { and: false, conditions: [] },
  enabled: true,
  actions,
  setMs: 0,
  ...more,
});
const object = (more: Partial<VersionFacts> = {}): VersionFacts => ({
  key: 'a/b',
  kind: 'normal',
  size: 1_000_000,
  sinceMs: at(1, 23, 55),
  storageClass: 'STANDARD',
  tags: [],
  lockedUntilMs: 0,
  ...more,
});
const moment = (midnightMs: number) => ({ calendar: GMT_8, midnightMs, nowMs: midnightMs });
const judge = (rules: LifecycleRule[], version: VersionFacts, midnightMs: number) =>
  judgeVersion(compileRules(rules, midnightMs), version, false, moment(midnightMs)).action;
const expireAfter = (days: number) => rule([{ kind: 'expiration', when: { days } }]);
const moveAfter = (days: number, storageClass: string) => rule([{ kind: 'transition', when: { days }, storageClass }]);

describe('midnights', () => {
  it('counts full days to a midnight of GMT+8', () => {
    expect(dueAt(GMT_8, { days: 0 }, at(1, 23, 55))).toBe(at(2));
    expect(dueAt(GMT_8, { days: 1 }, at(1, 23, 55))).toBe(at(3));
    expect(dueAt(GMT_8, { days: 1 }, at(1, 15))).toBe(at(3));
    expect(dueAt(GMT_8, { days: 1 }, at(1))).toBe(at(2));
    expect(dueAt(GMT_8, { date: '', dateMs: at(5) }, at(9))).toBe(at(5));
  });

  it('begins with the midnight after the rule was set', () => {
    const set = (setMs: number) => [rule([{ kind: 'expiration', when: { days: 1 } }], { setMs })];
    expect(judge(set(at(8, 23, 59)), object(), at(9))).toBe('expire');
    expect(judge(set(at(9)), object(), at(9))).toBe('none');
    expect(judge(set(at(9, 0, 1)), object(), at(9))).toBe('none');
  });
});

describe('what is due', () => {
  it('expires rather than moves, and moves to the coldest class', () => {
    const rules = [moveAfter(1, 'STANDARD_IA'), moveAfter(2, 'DEEP_ARCHIVE'), moveAfter(2, 'archive'), expireAfter(5)];
    const verdict = (day: number) => judgeVersion(compileRules(rules, at(day)), object(), false, moment(at(day)));
    expect(verdict(3)).toEqual({ action: 'move', storageClass: 'STANDARD_IA', nextMs: at(4) });
    expect(verdict(4)).toEqual({ action: 'move', storageClass: 'DEEP_ARCHIVE', nextMs: at(7) });
    expect(verdict(7).action).toBe('expire');
  });

  it.each(['STANDARD_IA', 'INTELLIGENT_TIERING', 'ARCHIVE', 'DEEP_ARCHIVE'])(
    'never moves out of %s upwards',
    (from) => {
      const down = ['STANDARD', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'ARCHIVE', 'DEEP_ARCHIVE'];
      for (const to of down) {
        const expected = down.indexOf(to) > down.indexOf(from) ? 'move' : 'none';
        expect([to, judge([moveAfter(0, to)], object({ storageClass: from }), at(9))]).toEqual([to, expected]);
      }
    },
  );

  it('leaves small objects where they are, but expires them', () => {
    expect(judge([moveAfter(0, 'ARCHIVE')], object({ size: 65_535 }), at(9))).toBe('none');
    expect(judge([moveAfter(0, 'ARCHIVE')], object({ size: 65_536 }), at(9))).toBe('move');
    expect(judge([expireAfter(1)], object({ size: 0 }), at(9))).toBe('expire');
  });

  it('leaves appendable objects and what is locked', () => {
    expect(judge([expireAfter(1)], object({ kind: 'appendable' }), at(9))).toBe('none');
    expect(judge([expireAfter(1)], object({ lockedUntilMs: Number.POSITIVE_INFINITY }), at(9))).toBe('none');
    const locked = object({ lockedUntilMs: at(20, 3) });
    expect(judgeVersion(compileRules([expireAfter(1)], at(9)), locked, false, moment(at(9)))).toEqual({
      action: 'none',
      nextMs: at(21),
    });
    expect(judge([expireAfter(1)], locked, at(21))).toBe('expire');
  });

  it('removes markers that stand alone where a rule says so, and aborts uploads', () => {
    const marker = compileRules([rule([{ kind: 'expired-marker', on: true }])], at(9));
    expect(judgeMarkers(marker, 'a', at(8, 1), moment(at(9))).action).toBe('expire');
    expect(judgeMarkers(marker, 'a', at(9, 1), moment(at(9)))).toEqual({ action: 'none', nextMs: at(10) });
    const off = compileRules([rule([{ kind: 'expired-marker', on: false }])], at(9));
    expect(judgeMarkers(off, 'a', at(1), moment(at(9))).action).toBe('none');
    const aborts = compileRules([rule([{ kind: 'abort-uploads', days: 7 }])], at(9));
    expect(judgeUpload(aborts, 'a', at(2), moment(at(9))).action).toBe('expire');
    expect(judgeUpload(aborts, 'a', at(2, 1), moment(at(9)))).toEqual({ action: 'none', nextMs: at(10) });
  });
});

describe('against a naive reference', () => {
  const days = fc.integer({ min: 0, max: 12 });
  const when = fc.oneof(
    days.map((count) => ({ days: count })),
    fc.integer({ min: 1, max: 20 }).map((day) => ({ date: 'd', dateMs: at(day) })),
  );
  const storageClass = fc.constantFrom('STANDARD', 'Standard_IA', 'INTELLIGENT_TIERING', 'ARCHIVE', 'DEEP_ARCHIVE');
  const action = fc.oneof(
    fc.record({ kind: fc.constant('transition' as const), when, storageClass }),
    fc.record({ kind: fc.constant('expiration' as const), when }),
    fc.record({
      kind: fc.constant('noncurrent-transition' as const),
      days,
      daysName: fc.constant('Days' as const),
      storageClass,
      newer: fc.constantFrom(0, 0, 2),
    }),
    fc.record({
      kind: fc.constant('noncurrent-expiration' as const),
      days,
      daysName: fc.constant('Days' as const),
      newer: fc.constantFrom(0, 0, 1, 3),
    }),
  );
  const prefix = fc.constantFrom('', '', 'a', 'a/', 'a/b', 'b');
  const condition = fc.oneof(
    fc.record({ kind: fc.constant('prefix' as const), prefix }),
    fc.record({ kind: fc.constant('prefix-not' as const), prefix: fc.constantFrom('a', 'a/b', 'b/') }),
    fc.record({ kind: fc.constant('tag' as const), key: fc.constantFrom('x', 'y'), value: fc.constantFrom('1', '2') }),
    fc.record({
      kind: fc.constantFrom('larger' as const, 'smaller' as const),
      bytes: fc.constantFrom(0, 65_536, 100_000),
    }),
  );
  const rules = fc.array(
    fc.record({
      id: fc.string(),
      filter: fc.record({
        and: fc.boolean(),
        conditions: fc.uniqueArray(condition, { maxLength: 2, selector: ({ kind }) => kind }),
      }),
      enabled: fc.constantFrom(true, true, true, false),
      actions: fc.array(action, { minLength: 1, maxLength: 3 }),
      setMs: fc.constantFrom(0, 0, at(3, 7), at(9)),
    }),
    { minLength: 1, maxLength: 5 },
  );
  const version = fc.record({
    key: fc.constantFrom('a', 'a/', 'a/b', 'a/c', 'b', 'b/a', 'c'),
    kind: fc.constantFrom('normal' as const, 'normal' as const, 'symlink' as const, 'appendable' as const),
    size: fc.constantFrom(0, 65_535, 65_536, 100_001, 100_001),
    sinceMs: fc.integer({ min: at(1), max: at(12) }),
    storageClass: fc.constantFrom('STANDARD', 'STANDARD', 'STANDARD_IA', 'ARCHIVE', 'DEEP_ARCHIVE'),
    tags: fc.constantFrom<string[]>([], ['x', '1'], ['x', '2'], ['y', '1', 'x', '1']),
    newer: fc.constantFrom(0, 1, 2, 5),
    lockedUntilMs: fc.constantFrom(0, 0, 0, 0, 0, at(9, 1), Number.POSITIVE_INFINITY),
  });

  it('decides as it does, and names the next midnight that matters', () => {
    let decided = 0;
    const property = fc.property(
      rules,
      version,
      fc.integer({ min: 6, max: 14 }),
      fc.boolean(),
      (set, given, day, noncurrent) => {
        const midnightMs = at(day);
        const acting = set.filter(({ setMs }) => setMs < midnightMs);
        const verdict = judgeVersion(compileRules(set, midnightMs), given, noncurrent, moment(midnightMs));
        expect(verdict.action === 'move' ? verdict.storageClass : verdict.action).toBe(
          naiveAction(acting, given, noncurrent, midnightMs, midnightMs),
        );
        if (verdict.action !== 'none') decided += 1;
        if (verdict.action === 'expire') return;
        const left = verdict.action === 'move' ? { ...given, storageClass: verdict.storageClass } : given;
        for (let later = day + 1; later < day + 25 && at(later) < verdict.nextMs; later++) {
          expect([later, naiveAction(acting, left, noncurrent, at(later), at(later))]).toEqual([later, 'none']);
        }
      },
    );
    fc.assert(property, { numRuns: 3_000 });
    expect(decided).toBeGreaterThan(200);
  });

  it('knows the midnight before any time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
        const midnight = midnightBefore(GMT_8, ms);
        expect(ms - midnight).toBeGreaterThanOrEqual(0);
        expect(ms - midnight).toBeLessThan(DAY_MS);
        expect(new Date(midnight).toISOString()).toContain('T16:00:00.000Z');
      }),
    );
  });
});
