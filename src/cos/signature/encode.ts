/** Percent-encoding as signatures do it. Source: spec/protocol.md §11.2 "Encoding set". */

const PLAIN = /^[A-Za-z0-9\-_.~]*$/;
const LEFT_BY_LANGUAGE = /[!'()*]/g;

/** Every byte but letters, digits and `-_.~` becomes `%XX`. */
export function encode(text: string): string {
  if (PLAIN.test(text)) return text;
  return encodeURIComponent(text).replace(
    LEFT_BY_LANGUAGE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Header text arrives as latin1, one character a byte: the bytes are what was signed. */
export function encodeHeader(value: string): string {
  if (PLAIN.test(value)) return value;
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) > 0x7f) return encodeBytes(Buffer.from(value, 'latin1'));
  }
  return encode(value);
}

function encodeBytes(bytes: Buffer): string {
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    out += PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
