/** Reads the XML of answers: elements and text, nothing else is in them. */
import { element, type Xml } from './answer.ts';

/** What no rule of the reference speaks of. */
const IGNORED: ReadonlySet<string> = new Set([
  'Encoding-Type',
  'EncodingType',
  'Initiator',
  'Location',
  'Message',
  'Owner',
  'RequestId',
  'Resource',
  'TraceId',
]);
/** Elements of two names in one list, whose order counts. */
const ENTRIES: ReadonlySet<string> = new Set(['Version', 'DeleteMarker']);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

interface Open {
  readonly name: string;
  readonly children: [string, Xml][];
  text: string;
}

/** @returns the root's name and content @throws Error when it is not well-formed */
export function parse(xml: string): readonly [name: string, content: Xml] {
  const stack: Open[] = [{ name: '', children: [], text: '' }];
  const end = (): void => {
    const done = stack.pop()!;
    const content = done.children.length > 0 ? element(done.children) : plain(done.text);
    if (!IGNORED.has(done.name)) stack.at(-1)!.children.push(entry(done.name, content));
  };
  for (const [, mark, open, closed, text] of xml.matchAll(
    /(<\?[^>]*\?>)|<([\w-]+)(?:\s[^>]*?)?(\/?)>|<\/[\w-]+>|([^<]+)/g,
  )) {
    if (mark !== undefined) continue;
    if (text !== undefined) stack.at(-1)!.text += text;
    else if (open !== undefined) {
      stack.push({ name: open, children: [], text: '' });
      if (closed === '/') end();
    } else end();
  }
  const [root] = stack[0]!.children;
  if (stack.length !== 1 || root === undefined) throw new Error(`not well-formed: ${xml}`);
  return root;
}

function entry(name: string, content: Xml): [string, Xml] {
  // `DeleteMarker` is also the name of a leaf, in the answer to DELETE Multiple Objects.
  if (!ENTRIES.has(name) || typeof content === 'string') return [name, content];
  return ['Entry', element([...(content as [string, Xml][]), ['Kind', name]])];
}

/** Texts of an answer to `encoding-type=url` as they are meant. @throws Error when one is not encoded */
export function decoded(xml: Xml): Xml {
  if (typeof xml === 'string') return xml;
  return (xml as [string, Xml][]).map(([name, content]): [string, Xml] => {
    if (typeof content !== 'string' || !ENCODED.has(name)) return [name, decoded(content)];
    if (!/^[\w%.~!'()*/-]*$/.test(content)) throw new Error(`${name} is not encoded: ${content}`);
    return [name, decodeURIComponent(content)];
  });
}

const ENCODED: ReadonlySet<string> = new Set([
  'Delimiter',
  'Key',
  'KeyMarker',
  'Marker',
  'NextKeyMarker',
  'NextMarker',
  'Prefix',
]);
