import { describe, expect, it } from 'vitest';
import { parseRangeSpec } from './range.ts';

describe('parseRangeSpec', () => {
  it('reads the three forms', () => {
    expect(parseRangeSpec('bytes=2-5')).toEqual({ first: 2, last: 5 });
    expect(parseRangeSpec('Bytes = 2-')).toEqual({ first: 2, last: undefined });
    expect(parseRangeSpec('bytes=-3')).toEqual({ suffix: 3 });
  });

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5-2',
    'bytes=0-1,3-4',
    'items=0-1',
    'bytes=a-b',
    'bytes=1-2 ',
    'bytes=1--2',
  ])('ignores %s', (header) => expect(parseRangeSpec(header)).toBeUndefined());
});
