import fc from 'fast-check';
import { expect, it } from 'vitest';
import { currentKey, uploadKey, versionsOfKey } from '../../model/keys.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { segmentAt, segmentsOf } from './segments.ts';

const ID = Buffer.alloc(8, 7);

function ruleOf(prefix: string): CompiledRule {
  const compiled = compileRule({
    id: prefix,
    filter: { and: false, conditions: [{ kind: 'prefix', prefix }] },
    enabled: true,
    actions: [
      { kind: 'expiration', when: { days: 1 } },
      { kind: 'abort-uploads', days: 1 },
      { kind: 'noncurrent-expiration', days: 1, daysName: 'Days' },
    ],
    setMs: 0,
  });
  return compiled!;
}

it('has every key in the one segment whose rules have its prefix, and no other key in any', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\0', 'é', '\uffff'), maxLength: 4 });
  const property = fc.property(fc.array(text, { maxLength: 8 }), fc.array(text, { minLength: 1 }), (prefixes, keys) => {
    const rules = prefixes.map(ruleOf);
    const segments = segmentsOf(ID, 'enabled', rules);
    for (const [at, { from, to }] of segments.entries()) {
      expect(from.compare(to)).toBeLessThan(0);
      const before = segments[at - 1];
      if (before !== undefined) expect(before.to.compare(from)).toBeLessThanOrEqual(0);
    }
    for (const key of keys) {
      const expected = rules.filter(({ prefix }) => key.startsWith(prefix)).map(({ prefix }) => prefix);
      for (const row of [currentKey(ID, key), uploadKey(ID, key, '1'), versionsOfKey(ID, key)]) {
        const found = segmentAt(segments, row)?.rules.map(({ prefix }) => prefix) ?? [];
        expect(found.sort()).toEqual(expected.sort());
      }
    }
  });
  fc.assert(property, { numRuns: 500 });
});

it('comes in the order of the row keys, and leaves versions out where there are none', () => {
  const spaces = segmentsOf(ID, 'unset', [ruleOf('b'), ruleOf('a')]).map(({ space, from }) => [space, from[9]]);
  expect(spaces).toEqual([
    ['objects', 97],
    ['objects', 98],
    ['uploads', 97],
    ['uploads', 98],
  ]);
});
