import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encode, encodeReceived } from './encode.ts';

/** Slow and plain: byte by byte. */
function model(bytes: Buffer): string {
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    const plain = /[A-Za-z0-9_.~-]/.test(character);
    out += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

const text = fc.string({
  unit: fc.oneof(fc.constantFrom(...'aZ09-_.~!\'()*+%;=&/ "图é\n\u0000'), fc.string({ unit: 'binary', maxLength: 1 })),
});

describe('encode', () => {
  it('leaves letters, digits and four marks, and writes upper-case digits (§11.2)', () => {
    expect(encode("Az09-_.~ !'()*+%;=&/")).toBe('Az09-_.~%20%21%27%28%29%2A%2B%25%3B%3D%26%2F');
    expect(encode('图')).toBe('%E5%9B%BE');
    expect(encode('')).toBe('');
  });

  it('does to each byte of the UTF-8 what the rule says', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(encode(value)).toBe(model(Buffer.from(value, 'utf8')));
      }),
    );
  });

  it('refuses half a surrogate pair', () => {
    expect(() => encode('\ud800')).toThrow(URIError);
  });
});

describe('encodeReceived', () => {
  it('takes UTF-8 bytes for what they are', () => {
    fc.assert(
      fc.property(text, (value) => {
        const bytes = Buffer.from(value, 'utf8');
        expect(encodeReceived(bytes.toString('latin1'))).toBe(model(bytes));
      }),
    );
  });

  it('takes other bytes for latin1 text', () => {
    expect(encodeReceived('caf\u00e9')).toBe('caf%C3%A9');
  });
});

describe('decodeName', () => {
  it('undoes encode, and leaves what is not encoded', () => {
    expect(decodeName('%e5%9b%be')).toBe('图');
    expect(decodeName('x-cos-meta-a')).toBe('x-cos-meta-a');
    expect(decodeName('100%')).toBe('100%');
  });
});
