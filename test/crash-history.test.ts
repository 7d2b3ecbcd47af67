/** The crash test's knowledge of a key in a suspended bucket. */
import { describe, expect, it } from 'vitest';
import type { Content } from './crash/content.ts';
import { History, type Versions, withNull, without } from './crash/history.ts';

const piece = (id: number): Content => [{ id, length: 10 }];
const idsOf = (versions: Versions): string[] => versions.map(({ id }) => id);

describe('History', () => {
  it('allows what was before a change and what comes after it, until the answer is there', () => {
    const history = new History();
    history.settle([{ id: 'v1', value: piece(1) }]);
    const after = withNull(history.versions, piece(2));
    history.begin(after);
    expect(history.allowed()).toEqual([[{ id: 'v1', value: piece(1) }], after]);
    history.acknowledge();
    expect(history.allowed()).toEqual([after]);
    history.begin(without(after, 'v1'));
    history.refuse();
    expect(history.allowed()).toEqual([after]);
    expect(() => history.acknowledge()).toThrow('no change');
  });

  it('goes on from what was found', () => {
    const history = new History();
    const after = withNull([], undefined);
    history.begin(after);
    history.settle(after);
    expect(history.allowed()).toEqual([after]);
  });
});

describe('null versions', () => {
  it('replace one another wherever they are, and nothing else', () => {
    const versions = withNull([{ id: 'v1', value: piece(1) }], piece(2));
    expect(idsOf(versions)).toEqual(['null', 'v1']);
    const restored: Versions = [{ id: 'v2', value: piece(3) }, ...versions];
    const marked = withNull(restored, undefined);
    expect(idsOf(marked)).toEqual(['null', 'v2', 'v1']);
    expect(marked[0]!.value).toBeUndefined();
    expect(idsOf(without(marked, 'null'))).toEqual(['v2', 'v1']);
    expect(idsOf(without(marked, 'v1'))).toEqual(['null', 'v2']);
  });
});
