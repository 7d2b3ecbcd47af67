import { describe, expect, it } from 'vitest';
import type { CosError } from '../errors/cos-error.ts';
import { type DeleteConditions, evaluateConditions, judgeDelete, rangeApplies } from './conditions.ts';
import { etagListHas } from './etag.ts';
import { PLAIN } from './fixture.ts';
import type { ObjectRecord } from './records/object.ts';

const lastModifiedMs = Date.UTC(2024, 0, 2, 3, 4, 5, 678);
const object: ObjectRecord = {
  stamp: 1,
  isNull: true,
  kind: 'normal',
  size: 1,
  etag: 'abc',
  crc64: undefined,
  modifiedMs: lastModifiedMs,
  storageClass: 'STANDARD',
  attributes: PLAIN,
  parts: 0,
};
// What a client knows of a time comes from a header: whole seconds.
const same = lastModifiedMs - 678;
const before = same - 1000;
const after = same + 1000;

describe('evaluateConditions', () => {
  it.each([
    [{}, 'proceed'],
    [{ ifMatch: '"abc"' }, 'proceed'],
    [{ ifMatch: '*' }, 'proceed'],
    [{ ifMatch: '"x", "abc"' }, 'proceed'],
    [{ ifMatch: 'abc' }, 'failed'],
    [{ ifMatch: '""' }, 'failed'],
    [{ ifMatch: 'W/"abc"' }, 'failed'],
    [{ ifNoneMatch: '"abc"' }, 'not-modified'],
    [{ ifNoneMatch: 'W/"abc"' }, 'not-modified'],
    [{ ifNoneMatch: '*' }, 'not-modified'],
    [{ ifNoneMatch: '""' }, 'proceed'],
    [{ ifNoneMatch: '"x"' }, 'proceed'],
    [{ ifModifiedSinceMs: before }, 'proceed'],
    [{ ifModifiedSinceMs: same }, 'not-modified'],
    [{ ifModifiedSinceMs: after }, 'not-modified'],
    [{ ifUnmodifiedSinceMs: before }, 'failed'],
    [{ ifUnmodifiedSinceMs: same }, 'proceed'],
    // precedence
    [{ ifMatch: '"abc"', ifUnmodifiedSinceMs: before }, 'proceed'],
    [{ ifMatch: '"x"', ifUnmodifiedSinceMs: after }, 'failed'],
    [{ ifNoneMatch: '"abc"', ifModifiedSinceMs: before }, 'not-modified'],
    [{ ifNoneMatch: '"x"', ifModifiedSinceMs: after }, 'proceed'],
    [{ ifMatch: '"abc"', ifNoneMatch: '"abc"' }, 'not-modified'],
    [{ ifUnmodifiedSinceMs: before, ifModifiedSinceMs: after }, 'failed'],
  ] as const)('%o → %s', (headers, outcome) => expect(evaluateConditions(headers, object)).toBe(outcome));
});

describe('etagListHas', () => {
  it.each([
    ['"a","b"', '"b"', true],
    ['"a,b"', '"b"', false],
    ['"a,b"', '"a,b"', true],
    ['x, "b"', '"b"', true],
    ['"abcd"', '"abc"', false],
    ['"ab', '"ab"', false],
    ['', '"a"', false],
  ])('%s has %s: %s', (list, etag, has) => expect(etagListHas(list, etag, false)).toBe(has));
});

describe('rangeApplies', () => {
  it('takes the exact tag or the exact second', () => {
    expect(rangeApplies(undefined, object)).toBe(true);
    expect(rangeApplies({ etag: '"abc"' }, object)).toBe(true);
    expect(rangeApplies({ etag: 'W/"abc"' }, object)).toBe(false);
    expect(rangeApplies({ modifiedMs: same }, object)).toBe(true);
    expect(rangeApplies({ modifiedMs: after }, object)).toBe(false);
    expect(rangeApplies('unreadable', object)).toBe(false);
  });
});

describe('judgeDelete', () => {
  const marker: ObjectRecord = { ...object, kind: 'delete-marker', etag: '', size: 0 };
  const judge = (conditions: DeleteConditions, found?: ObjectRecord, above?: ObjectRecord): string => {
    try {
      return judgeDelete(conditions, found, above);
    } catch (error) {
      return (error as CosError).code;
    }
  };

  it.each([
    [{}, 'proceed'],
    [{ ifMatch: '"abc"' }, 'proceed'],
    [{ ifMatch: '*' }, 'proceed'],
    [{ ifMatch: '"x"' }, 'PreconditionFailed'],
    [{ ifMatch: 'abc' }, 'PreconditionFailed'],
    [{ ifMatchSize: 1 }, 'proceed'],
    [{ ifMatchSize: 0 }, 'PreconditionFailed'],
    [{ ifMatchLastModifiedMs: same }, 'proceed'],
    [{ ifMatchLastModifiedMs: lastModifiedMs }, 'proceed'],
    [{ ifMatchLastModifiedMs: before }, 'PreconditionFailed'],
    [{ ifMatchLastModifiedMs: after }, 'PreconditionFailed'],
    [{ ifMatch: '"abc"', ifMatchSize: 1, ifMatchLastModifiedMs: same }, 'proceed'],
    [{ ifMatch: '"abc"', ifMatchSize: 2, ifMatchLastModifiedMs: same }, 'PreconditionFailed'],
    [{ ifMatch: '"x"', ifMatchSize: 1 }, 'PreconditionFailed'],
  ] as const)('%o of an object → %s', (conditions, outcome) => {
    for (const absent of [undefined, 'PreconditionFailed', 'NoSuchKey', 'succeed'] as const) {
      const given = absent === undefined ? conditions : { ...conditions, absent };
      expect(judge(given, object)).toBe(outcome);
    }
  });

  it.each([
    [{}, 'proceed', 'proceed'],
    [{ absent: 'NoSuchKey' }, 'proceed', 'proceed'],
    [{ ifMatch: '*' }, 'PreconditionFailed', 'PreconditionFailed'],
    [{ ifMatchSize: 0, absent: 'PreconditionFailed' }, 'PreconditionFailed', 'PreconditionFailed'],
    [{ ifMatch: '*', absent: 'NoSuchKey' }, 'NoSuchKey', 'PreconditionFailed'],
    [{ ifMatch: '*', absent: 'succeed' }, 'nothing-there', 'proceed'],
    [{ ifMatch: '"x"', absent: 'succeed' }, 'nothing-there', 'PreconditionFailed'],
    [{ ifMatchSize: 9, absent: 'succeed' }, 'nothing-there', 'PreconditionFailed'],
  ] as const)('%o of nothing → %s, of a marker → %s', (conditions, nothing, marked) => {
    expect(judge(conditions)).toBe(nothing);
    expect(judge(conditions, undefined, marker)).toBe(marked);
  });
});
