/** Tags in a header and in XML. Source: spec/objects.md §2.10, §9.1; spec/buckets.md §3, §20. */
import { CosError } from '../../errors/cos-error.ts';
import { type XmlElement, xmlChild, xmlChildren, xmlExactText } from '../../http/xml.ts';
import { checkTags } from '../../model/tags.ts';

/** `k1=v1&k2=v2`, encoded as a query. @returns flat key, value … @throws CosError InvalidTag, BadRequest */
export function decodeTagHeader(value: string | undefined, check = checkTags): string[] | undefined {
  if (value === undefined) return undefined;
  const flat: string[] = [];
  for (const pair of value.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const [key, text] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    flat.push(decoded(key), decoded(text));
  }
  check(flat);
  return flat;
}

/** Header text carries UTF-8 bytes as latin1, or percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(Buffer.from(text.replaceAll('+', ' '), 'latin1').toString('utf8'));
  } catch {
    throw new CosError('InvalidTag');
  }
}

/** `Tagging{TagSet{Tag{Key, Value}}}` @returns flat key, value … @throws CosError MalformedXML, InvalidTag, BadRequest */
export function decodeTagSet(root: XmlElement, check = checkTags): string[] {
  const set = xmlChild(root, 'TagSet');
  if (set === undefined) throw new CosError('MalformedXML');
  const flat: string[] = [];
  for (const tag of xmlChildren(set, 'Tag')) {
    const key = xmlExactText(tag, 'Key');
    const value = xmlExactText(tag, 'Value');
    if (key === undefined) throw new CosError('MalformedXML');
    flat.push(key, value ?? '');
  }
  check(flat);
  return flat;
}
