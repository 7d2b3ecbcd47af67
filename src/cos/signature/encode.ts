/** Percent-encoding as signatures do it. Source: spec/protocol.md §11.2 "Encoding set". */
import { isUtf8 } from 'node:buffer';

/** What stands for each ASCII character; undefined for those that stand for themselves: letters, digits and `-_.~`. */
const ESCAPED: (string | undefined)[] = [];
for (let code = 0; code < 128; code++) {
  const plain = /[A-Za-z0-9\-_.~]/.test(String.fromCharCode(code));
  ESCAPED.push(plain ? undefined : `%${code.toString(16).toUpperCase().padStart(2, '0')}`);
}
/** What the language's own encoder leaves and signatures do not. */
const LEFT_BY_LANGUAGE = /[!'()*]/g;

/**
 * Every byte of the text in UTF-8 but letters, digits and `-_.~` becomes `%XX` with upper-case digits.
 * @throws URIError when the text holds half a surrogate pair
 */
export function encode(text: string): string {
  let out = '';
  let done = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return encodeURIComponent(text).replace(LEFT_BY_LANGUAGE, escapeCharacter);
    const escaped = ESCAPED[code];
    if (escaped === undefined) continue;
    out += done === i ? escaped : text.slice(done, i) + escaped;
    done = i + 1;
  }
  return done === 0 ? text : out + text.slice(done);
}

function escapeCharacter(character: string): string {
  return ESCAPED[character.charCodeAt(0)]!;
}

/**
 * A header value as it was received: one character a byte. Bytes that are UTF-8 are what was signed; others came from
 * clients that sign the UTF-8 of their text and send its latin1 (Node does so up to U+00FF).
 */
export function encodeReceived(value: string): string {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) > 0x7f) {
      const bytes = Buffer.from(value, 'latin1');
      return encode(isUtf8(bytes) ? bytes.toString('utf8') : value);
    }
  }
  return encode(value);
}

/** Undoes `encode`, for names in lists; a text that is not well encoded stays as it is. */
export function decodeName(name: string): string {
  if (name.indexOf('%') < 0) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
