/** PUT, GET and DELETE Bucket strict-signature. Source: spec/buckets.md §27, spec/protocol.md §16. */
import { CosError } from '../../errors/cos-error.ts';
import type { StrictRule, StrictRules } from '../../features/strict-signature/rules.ts';
import { XML_CONFIG_BYTES, type XmlElement, xmlChild, xmlChildren, xmlText } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import {
  deleteBucketStrictSignature,
  getBucketStrictSignature,
  putBucketStrictSignature,
} from '../../operations/bucket-strict-signature.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';

/** What a rule may ask to be signed. */
const HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'content-md5',
  'range',
  'x-cos-acl',
  'x-cos-grant-read',
  'x-cos-grant-write',
  'x-cos-grant-read-acp',
  'x-cos-grant-write-acp',
  'x-cos-grant-full-control',
  'x-cos-grant-*',
  'x-cos-*',
]);

export const putBucketStrictSignatureCodec = codec({
  operation: putBucketStrictSignature,
  async decode({ wire }, limits): Promise<StrictRules> {
    const root = await readXml(wire, 'StrictSignatureConfiguration', XML_CONFIG_BYTES, limits);
    const rules = xmlChildren(root, 'Rule').map(decodeRule);
    if (rules.length === 0) throw new CosError('MalformedXML', { message: 'There must be a Rule.' });
    return rules;
  },
  encode: () => emptyReply(),
});

function decodeRule(element: XmlElement): StrictRule {
  const id = xmlText(element, 'ID');
  if (id === undefined) throw new CosError('MalformedXML', { message: 'A Rule must have an ID.' });
  const headers = textsOf(element, 'headerlist', 'header');
  const unknown = headers.find((name) => !HEADERS.has(name.toLowerCase()));
  if (unknown !== undefined) {
    throw new CosError('InvalidArgument', { message: `${unknown} is not a header that a rule can ask for.` });
  }
  return {
    id,
    actions: textsOf(element, 'actionlist', 'action'),
    headers,
    params: textsOf(element, 'paramlist', 'param'),
  };
}

function textsOf(element: XmlElement, list: string, name: string): string[] {
  const found = xmlChild(element, list);
  return found === undefined ? [] : xmlChildren(found, name).map(({ text }) => text.trim());
}

export const getBucketStrictSignatureCodec = codec({
  operation: getBucketStrictSignature,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: (rules) =>
    xmlReply(`<StrictSignatureConfiguration>${rules.map(ruleElement).join('')}</StrictSignatureConfiguration>`),
});

function ruleElement({ id, actions, headers, params }: StrictRule): string {
  const list = (name: string, texts: readonly string[]) =>
    texts.length === 0 ? '' : `<${name}list>${texts.map((text) => xmlElement(name, text)).join('')}</${name}list>`;
  const lists = list('action', actions) + list('header', headers) + list('param', params);
  return `<Rule>${xmlElement('ID', id)}${lists}</Rule>`;
}

export const deleteBucketStrictSignatureCodec = codec({
  operation: deleteBucketStrictSignature,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
