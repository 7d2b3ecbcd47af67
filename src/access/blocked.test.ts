import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { Blocked } from './blocked.ts';

const codeOf = (run: () => void): string => {
  try {
    run();
    return 'passes';
  } catch (error) {
    return error instanceof CosError ? `${error.code}: ${error.details.message ?? 'account'}` : String(error);
  }
};

describe('what the operator has shut', () => {
  const blocked = new Blocked([
    '1250000001',
    'shut-1250000000',
    'films-1250000000/a.mp4',
    'films-1250000000/series/*',
    'films-1250000000/图*',
  ]);
  const read = (bucket: string, key: string) => codeOf(() => blocked.requireReadable(bucket, key));
  const content = /^UnavailableForLegalReasons: The content/;

  it('an account: everything of its buckets', () => {
    expect(codeOf(() => blocked.requireAccount('1250000001'))).toBe('UnavailableForLegalReasons: account');
    expect(codeOf(() => blocked.requireAccount('1250000000'))).toBe('passes');
    expect(read('any-1250000001', '')).toBe('UnavailableForLegalReasons: account');
    expect(read('any-1250000001', 'k')).toBe('UnavailableForLegalReasons: account');
  });

  it('a bucket: itself and its keys', () => {
    expect(read('shut-1250000000', '')).toMatch(content);
    expect(read('shut-1250000000', 'k')).toMatch(content);
    expect(read('shut-1250000001x', 'k')).toBe('passes');
    expect(read('not-shut-1250000000', 'k')).toBe('passes');
  });

  it('keys: exactly, or from a prefix on', () => {
    for (const key of ['a.mp4', 'series/', 'series/1', '图', '图1'])
      expect(read('films-1250000000', key)).toMatch(content);
    for (const key of ['', 'a.mp', 'a.mp4x', 'series', 'b', 'x图'])
      expect(read('films-1250000000', key)).toBe('passes');
    expect(read('other-1250000000', 'a.mp4')).toBe('passes');
  });

  it('prefixes agree with a search through all of them', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '图'), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), text, (prefixes, rest) => {
        const key = `k${rest}`;
        const list = new Blocked(prefixes.map((prefix) => `b-12500/k${prefix}*`));
        const expected = prefixes.some((prefix) => key.startsWith(`k${prefix}`));
        expect(codeOf(() => list.requireReadable('b-12500', key)) !== 'passes').toBe(expected);
      }),
    );
  });
});
