import { describe, expect, it } from 'vitest';
import { evaluateConditions, rangeApplies } from './conditions.ts';
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
