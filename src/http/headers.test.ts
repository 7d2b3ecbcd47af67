import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headersWithPrefix, headerValue, trimBlanks } from './headers.ts';

const raw = [
  'Host',
  'h',
  'X-Cos-Meta-A',
  ' 1 ',
  'Cache-Control',
  '',
  'x-cos-meta-a',
  '2',
  'x-cos-meta-B_C',
  '3',
  'x-cos-meta-',
  '4',
];

describe('headerValue', () => {
  it('ignores case, trims, joins repeats', () => {
    expect(headerValue(raw, 'host')).toBe('h');
    expect(headerValue(raw, 'x-cos-meta-a')).toBe('1,2');
    expect(headerValue(raw, 'x-cos-meta-b_c')).toBe('3');
  });

  it('counts an empty value as absent', () => {
    expect(headerValue(raw, 'cache-control')).toBeUndefined();
    expect(headerValue(raw, 'date')).toBeUndefined();
    expect(headerValue(['a', '', 'a', 'x', 'a', ' '], 'a')).toBe('x');
  });

  it('does not confuse characters that differ in one bit only', () => {
    expect(headerValue(['a\u007fb', '1', 'a@b', '2'], 'a_b')).toBeUndefined();
    expect(headerValue(['a@b', '2'], 'a`b')).toBeUndefined();
  });

  it('agrees with a naive lookup', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '-', '_'), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.constantFrom('', 'x', 'y'))), name, (pairs, wanted) => {
        const lower = wanted.toLowerCase();
        const values = pairs.filter(([n, v]) => n.toLowerCase() === lower && v !== '').map(([, v]) => v);
        expect(headerValue(pairs.flat(), lower)).toBe(values.length === 0 ? undefined : values.join(','));
      }),
    );
  });
});

describe('headersWithPrefix', () => {
  it('gives the rest of the name in lower case, in order', () => {
    expect(headersWithPrefix(raw, 'x-cos-meta-')).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b_c', '3'],
    ]);
  });
});

describe('trimBlanks', () => {
  it('takes blanks and tabs off, and no byte of a character', () => {
    expect(trimBlanks(' \t a b\t ')).toBe('a b');
    expect(trimBlanks(' \t ')).toBe('');
    const bytes = Buffer.from('删').toString('latin1');
    expect(bytes.endsWith('\u00a0')).toBe(true);
    expect(headerValue(['x', ` ${bytes} `], 'x')).toBe(bytes);
    expect(headersWithPrefix(['x-a', bytes], 'x-')).toEqual([['a', bytes]]);
  });
});
