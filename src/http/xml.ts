/**
 * XML request bodies: a bounded parse into a plain tree. Source: spec/protocol.md §9, spec/objects.md §2.5.
 *
 * Names lose their namespace prefix, unknown attributes and elements are kept for the caller to ignore, DTDs are
 * refused, and only the five named entities and character references are decoded, by us, after parsing.
 */
import { isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';
import type { XMLParser } from 'fast-xml-parser';
import { CosError } from '../errors/cos-error.ts';

export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** Attribute values by local name; `xmlns` declarations left out. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Own text, decoded and untrimmed: blanks at the ends of a key count. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

export interface XmlLimits {
  /** bytes; default 64 KiB */
  readonly maxBytes?: number;
  /** elements; default 100,000: Complete with 10,000 parts of six elements fits */
  readonly maxElements?: number;
  /** nested elements; default 32 */
  readonly maxDepth?: number;
}

/** Limit of ordinary configuration bodies, bytes (spec/limits.md §1). */
export const XML_CONFIG_BYTES = 64 * 1024;
const MAX_ELEMENTS = 100_000;
const MAX_DEPTH = 32;
const TEXT = '#text';
const CDATA = '#cdata';
const ATTRIBUTES = ':@';
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** What the library makes of a document in document order. */
type RawNode = Record<string, unknown>;

/**
 * Parses a whole body.
 * @param root the root's local name, or several; another root is MalformedXML
 * @throws CosError MissingRequestBodyError for an empty body, XMLSizeLimit above `maxBytes`, else MalformedXML
 */
export function parseXml(body: Buffer, root?: string | readonly string[], limits: XmlLimits = {}): XmlElement {
  if (body.length === 0) throw new CosError('MissingRequestBodyError');
  if (body.length > (limits.maxBytes ?? XML_CONFIG_BYTES)) throw new CosError('XMLSizeLimit');
  if (!isUtf8(body)) throw malformedXml();
  const text = body.toString('utf8', hasByteOrderMark(body) ? 3 : 0);
  scanMarkup(text, limits.maxElements ?? MAX_ELEMENTS);
  const maxDepth = limits.maxDepth ?? MAX_DEPTH;
  const element = convertRoot(parseNodes(text, maxDepth), maxDepth);
  if (root !== undefined && (typeof root === 'string' ? root !== element.name : !root.includes(element.name))) {
    throw malformedXml();
  }
  return element;
}

export function malformedXml(message?: string): CosError {
  return new CosError('MalformedXML', message === undefined ? {} : { message });
}

function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

/** Bounds the number of elements and refuses every `<!` but comments and CDATA, before anything is built. */
function scanMarkup(text: string, maxElements: number): void {
  let elements = 0;
  // The library drops what follows the root.
  if (text.slice(text.lastIndexOf('>') + 1).trim() !== '') throw malformedXml();
  let at = text.indexOf('<');
  while (at >= 0) {
    const code = text.charCodeAt(at + 1);
    let next = at + 1;
    if (code === 33) {
      const end = text.startsWith('!--', at + 1)
        ? text.indexOf('-->', at + 4)
        : text.startsWith('![CDATA[', at + 1)
          ? text.indexOf(']]>', at + 9)
          : -1;
      if (end < 0) throw malformedXml();
      next = end + 3;
    } else if (code !== 47 && code !== 63) {
      elements++;
      if (elements > maxElements) throw malformedXml();
    }
    at = text.indexOf('<', next);
  }
}

const require = createRequire(import.meta.url);
/** Loaded with the first document, as the one file that `require` finds: `import` would read dozens at every start. */
let library: typeof import('fast-xml-parser') | undefined;

const parsers = new Map<number, XMLParser>();

function parseNodes(text: string, maxDepth: number): RawNode[] {
  library ??= require('fast-xml-parser') as typeof import('fast-xml-parser');
  const { XMLParser, XMLValidator } = library;
  let parser = parsers.get(maxDepth);
  if (parser === undefined) {
    parser = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      removeNSPrefix: true,
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: false,
      processEntities: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      cdataPropName: CDATA,
      jPath: false,
      textNodeName: TEXT,
      maxNestedTags: maxDepth,
    });
    // A handful of limits exist in the whole program; never let a caller's numbers grow the table.
    if (parsers.size < 8) parsers.set(maxDepth, parser);
  }
  try {
    if (XMLValidator.validate(text) !== true) throw malformedXml();
    return parser.parse(text) as RawNode[];
  } catch {
    throw malformedXml();
  }
}

function convertRoot(nodes: RawNode[], maxDepth: number): XmlElement {
  let root: XmlElement | undefined;
  for (const node of nodes) {
    const name = elementName(node);
    if (name === TEXT || name === CDATA) {
      if (name === CDATA || String(node[TEXT]).trim() !== '') throw malformedXml();
    } else if (root !== undefined) {
      throw malformedXml();
    } else {
      root = convert(node, name, maxDepth);
    }
  }
  if (root === undefined) throw malformedXml();
  return root;
}

function convert(node: RawNode, name: string, depthLeft: number): XmlElement {
  if (depthLeft === 0) throw malformedXml();
  let text = '';
  const children: XmlElement[] = [];
  for (const child of node[name] as RawNode[]) {
    const childName = elementName(child);
    if (childName === TEXT) text += decodeReferences(String(child[TEXT]));
    else if (childName === CDATA) text += String((child[CDATA] as RawNode[])[0]?.[TEXT] ?? '');
    else children.push(convert(child, childName, depthLeft - 1));
  }
  return { name, attributes: convertAttributes(node[ATTRIBUTES]), text, children };
}

function convertAttributes(raw: unknown): ReadonlyMap<string, string> {
  if (raw === undefined) return NO_ATTRIBUTES;
  const attributes = new Map<string, string>();
  for (const [name, value] of Object.entries(raw as Record<string, string>)) {
    if (name !== 'xmlns') attributes.set(name, decodeReferences(value));
  }
  return attributes;
}

function elementName(node: RawNode): string {
  for (const key in node) if (key !== ATTRIBUTES) return key;
  throw malformedXml();
}

/** Longest reference is `&#x10FFFF;`; a few leading zeros are tolerated. */
const MAX_REFERENCE = 16;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Decodes `&amp;` and its four siblings, `&#n;` and `&#xh;`. References to control characters are accepted: they are
 * the only way to name a key that holds one. @throws CosError MalformedXML for any other `&`
 */
export function decodeReferences(text: string): string {
  let at = text.indexOf('&');
  if (at < 0) return text;
  let out = '';
  let from = 0;
  while (at >= 0) {
    const end = text.indexOf(';', at);
    if (end < 0 || end - at > MAX_REFERENCE) throw malformedXml();
    out += text.slice(from, at) + decodeReference(text.slice(at + 1, end));
    from = end + 1;
    at = text.indexOf('&', from);
  }
  return out + text.slice(from);
}

function decodeReference(body: string): string {
  if (body.charCodeAt(0) !== 35) {
    const named = NAMED.get(body);
    if (named === undefined) throw malformedXml();
    return named;
  }
  const hex = body.charCodeAt(1) === 120;
  const digits = body.slice(hex ? 2 : 1);
  if (!(hex ? /^[0-9A-Fa-f]+$/ : /^[0-9]+$/).test(digits)) throw malformedXml();
  const code = Number.parseInt(digits, hex ? 16 : 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw malformedXml();
  return String.fromCodePoint(code);
}

/** First child of that name. */
export function xmlChild(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) if (child.name === name) return child;
  return undefined;
}

/** Every child of that name, in order; empty when there is none. */
export function xmlChildren(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** Trimmed text of the first child of that name; undefined when there is no such child. */
export function xmlText(element: XmlElement, name: string): string | undefined {
  return xmlChild(element, name)?.text.trim();
}

/** Text of the first child of that name exactly as sent, for keys and prefixes; undefined when there is no such child. */
export function xmlExactText(element: XmlElement, name: string): string | undefined {
  return xmlChild(element, name)?.text;
}
