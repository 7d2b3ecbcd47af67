import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { MAX_QUERY_PARAMS, parseQuery } from './query.ts';

describe('parseQuery', () => {
  it('keeps order, repeats and the first =', () => {
    const query = parseQuery('b=1=2&a&b=3&&c=');
    expect(query.names).toEqual(['b', 'a', 'b', 'c']);
    expect(query.values).toEqual(['1=2', '', '3', '']);
    expect(query.get('b')).toBe('1=2');
    expect(query.has('a')).toBe(true);
    expect(query.get('x')).toBeUndefined();
  });

  it('compares names without case, as signatures cover them', () => {
    const query = parseQuery('versionId=7&%41cl&VERSIONID=8');
    for (const name of ['versionid', 'versionId', 'VERSIONID']) expect(query.get(name)).toBe('7');
    expect(query.has('acl')).toBe(true);
    expect(query.getRaw('VersionId')).toBe('7');
    expect(query.get('x')).toBeUndefined();
  });

  it('decodes names and values once and keeps the raw text', () => {
    const query = parseQuery('k%20y=a%252Bb+c');
    expect(query.get('k y')).toBe('a%2Bb c');
    expect(parseQuery('k+y=1+%2B+1').get('k y')).toBe('1 + 1');
    expect(query.getRaw('k y')).toBe('a%252Bb+c');
    expect(query.rawPairs).toEqual(['k%20y=a%252Bb+c']);
    expect(parseQuery('a').getRaw('a')).toBe('');
    expect(parseQuery('a').getRaw('b')).toBeUndefined();
  });

  it.each(['a=%', '%zz', 'ok=1&b=%ff'])('refuses %s', (raw) => {
    expect(() => parseQuery(raw)).toThrow(expect.objectContaining({ code: 'InvalidURI' }));
  });

  it('bounds the number of parameters', () => {
    expect(parseQuery('a&'.repeat(MAX_QUERY_PARAMS)).size).toBe(MAX_QUERY_PARAMS);
    expect(() => parseQuery('a&'.repeat(MAX_QUERY_PARAMS + 1))).toThrow(CosError);
  });

  it('is empty for nothing', () => {
    expect(parseQuery('').size).toBe(0);
    expect(parseQuery('&&').size).toBe(0);
  });

  it('round-trips any pairs', () => {
    const pair = fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const raw = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
        const query = parseQuery(raw);
        expect(query.names.map((name, i) => [name, query.values[i]])).toEqual(pairs);
      }),
    );
  });
});
