/**
 * Writing XML answers: plain string concatenation, fast for lists of 1,000 entries. Source: spec/protocol.md §9.
 */

/** Stands before error documents; success documents may go without (spec/protocol.md §9). */
export const XML_DECLARATION = "<?xml version='1.0' encoding='utf-8' ?>\n";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly the characters to find
const SPECIAL = /[&<>"\u0000-\u0008\u000b-\u001f\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const SPECIAL_ALL = /[&<>"\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g;

/**
 * Escapes text for element content and double-quoted attributes; text without special characters comes back as it is.
 *
 * Characters that XML 1.0 cannot carry (control characters, U+FFFE, U+FFFF) become character references, as S3 writes
 * them: lenient parsers read them back exactly, strict ones refuse the document, and for those a listing has
 * `encoding-type=url`. CR must be a reference or a parser turns it into LF.
 */
export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(SPECIAL_ALL, escapeCharacter) : text;
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '"':
      return '&quot;';
    default:
      return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
  }
}

/** `<name>text</name>` with the text escaped. @param name must be a valid element name: it is not checked */
export function xmlElement(name: string, text: string | number | boolean): string {
  return `<${name}>${typeof text === 'string' ? escapeXml(text) : text}</${name}>`;
}

/** As xmlElement; '' when there is no value. */
export function xmlOptional(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : xmlElement(name, text);
}

/** `<name …>content</name>` around content that is XML already. @param attributes `[name, value]` pairs; values are escaped */
export function xmlWrap(
  name: string,
  content: string,
  attributes: readonly (readonly [name: string, value: string])[] = [],
): string {
  let open = name;
  for (const [attribute, value] of attributes) open += ` ${attribute}="${escapeXml(value)}"`;
  return `<${open}>${content}</${name}>`;
}
