import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { decodePath, splitTarget } from './target.ts';

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
  return 'none';
}

describe('splitTarget', () => {
  it.each([
    ['/', '/', '', ''],
    ['/a/../b//c?x=1?y', '/a/../b//c', 'x=1?y', ''],
    ['/a%2Fb?', '/a%2Fb', '', ''],
    ['//host/key', '//host/key', '', ''],
    ['http://h.example:9000/k?q', '/k', 'q', 'h.example:9000'],
    ['HTTPS://h.example', '/', '', 'h.example'],
    ['http://h.example?acl', '/', 'acl', 'h.example'],
    ['http://h?x=/y', '/', 'x=/y', 'h'],
    ['http://[::1]:9000/', '/', '', '[::1]:9000'],
  ])('%s', (raw, rawPath, rawQuery, authority) => {
    expect(splitTarget(raw)).toEqual({ rawPath, rawQuery, authority });
  });

  it.each(['*', '', 'a/b', 'ftp://h/', 'http:///k', 'http://user@h/', 'h:443', '?a'])('refuses %s', (raw) => {
    expect(codeOf(() => splitTarget(raw))).toBe('InvalidURI');
  });

  it('loses nothing of an origin-form target', () => {
    fc.assert(
      fc.property(fc.string(), (tail) => {
        const raw = `/${tail}`;
        const { rawPath, rawQuery } = splitTarget(raw);
        expect(raw).toBe(raw.includes('?') ? `${rawPath}?${rawQuery}` : rawPath);
      }),
    );
  });
});

describe('decodePath', () => {
  it.each([
    ['/a+b', '/a+b'],
    ['/a%2Fb%2f..%2F', '/a/b/../'],
    ['/%E4%B8%AD', '/中'],
    ['/%25zz', '/%zz'],
    ['/%00', '/\u0000'],
  ])('%s', (raw, decoded) => expect(decodePath(raw)).toBe(decoded));

  it.each(['/%', '/%4', '/%zz', '/%G1', '/%ff', '/%c0%af', '/%ed%a0%80', '/\u00ff', '/\u00e4%4'])(
    'refuses %s',
    (raw) => {
      expect(codeOf(() => decodePath(raw))).toBe('InvalidURI');
    },
  );

  it('gives back any text, escaped, sent as raw bytes, or mixed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const rawBytes = Buffer.from(a.replaceAll('%', '%25'), 'utf8').toString('latin1');
        expect(decodePath(encodeURIComponent(b) + rawBytes)).toBe(b + a);
      }),
    );
  });

  it('throws nothing but InvalidURI', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('%', '8', 'e', 'A', '/', '\u00e4', '\u00b8', '\u00ad') }),
        (raw) => {
          expect(['none', 'InvalidURI']).toContain(codeOf(() => decodePath(raw)));
        },
      ),
    );
  });
});
