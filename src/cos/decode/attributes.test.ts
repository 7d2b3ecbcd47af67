import { describe, expect, it } from 'vitest';
import { guessContentType } from './attributes.ts';

describe('guessContentType', () => {
  it.each([
    ['a.txt', 'text/plain'],
    ['x/y.tar.GZ', 'application/gzip'],
    ['.json', 'application/json'],
    ['x/c', 'application/octet-stream'],
    ['html', 'application/octet-stream'],
    ['a.html/b', 'application/octet-stream'],
    ['a.', 'application/octet-stream'],
    ['a.unknown-suffix', 'application/octet-stream'],
    ['folder/', 'application/octet-stream'],
  ])('%s is %s', (key, type) => expect(guessContentType(key)).toBe(type));
});
