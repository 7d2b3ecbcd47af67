/** PUT, GET and DELETE Bucket referer. Source: spec/buckets.md §16, spec/access.md §11.2. */
import { CosError } from '../../errors/cos-error.ts';
import type { RefererRules } from '../../features/referer/rules.ts';
import type { WireRequest } from '../../http/types.ts';
import { parseXml, XML_CONFIG_BYTES, type XmlElement, xmlChild, xmlChildren, xmlText } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import type { Limits } from '../../model/services.ts';
import { deleteBucketReferer, getBucketReferer, putBucketReferer } from '../../operations/bucket-referer.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readWhole, refuseBody } from '../decode/body.ts';

const ROOT = 'RefererConfiguration';

export const putBucketRefererCodec = codec({
  operation: putBucketReferer,
  async decode({ wire }, limits): Promise<RefererRules | undefined> {
    const root = await readOptionalXml(wire, limits);
    return root === undefined ? undefined : decodeRules(root);
  },
  encode: () => emptyReply(),
});

/** Without a body the rules are taken away. */
async function readOptionalXml(wire: WireRequest, { xmlBytes }: Limits): Promise<XmlElement | undefined> {
  const maxBytes = Math.min(XML_CONFIG_BYTES, xmlBytes);
  const body = await readWhole(wire, maxBytes, 'XMLSizeLimit', 'optional');
  return body.length === 0 ? undefined : parseXml(body, ROOT, { maxBytes });
}

function decodeRules(root: XmlElement): RefererRules {
  const list = xmlChild(root, 'DomainList');
  const domains = list === undefined ? [] : xmlChildren(list, 'Domain').map(({ text }) => text.trim());
  const enabled = required(root, 'Status', { Enabled: true, Disabled: false });
  const white = required(root, 'RefererType', { 'White-List': true, 'Black-List': false });
  if (domains.length === 0 || domains.includes('')) {
    throw new CosError('MalformedXML', { message: 'There must be a Domain.' });
  }
  return {
    enabled,
    list: white ? 'white' : 'black',
    domains,
    allowEmpty: choice(root, 'EmptyReferConfiguration', { Allow: true, Deny: false }) ?? false,
    verifySignedUrls: choice(root, 'VerifySignatureURL', { Enabled: true, Disabled: false }) ?? false,
  };
}

type Choices = Readonly<Record<string, boolean>>;

function required(root: XmlElement, name: string, choices: Choices): boolean {
  const value = choice(root, name, choices);
  if (value === undefined) throw new CosError('MalformedXML', { message: `There must be a ${name}.` });
  return value;
}

/** Clients send empty elements for what they do not set. */
function choice(root: XmlElement, name: string, choices: Choices): boolean | undefined {
  const text = xmlText(root, name) || undefined;
  if (text === undefined) return undefined;
  if (Object.hasOwn(choices, text)) return choices[text];
  throw new CosError('InvalidArgument', { message: `${name} must be ${Object.keys(choices).join(' or ')}.` });
}

export const getBucketRefererCodec = codec({
  operation: getBucketReferer,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: (rules) => xmlReply(rules === undefined ? `<${ROOT}/>` : `<${ROOT}>${elementsOf(rules)}</${ROOT}>`),
});

function elementsOf({ enabled, list, domains, allowEmpty, verifySignedUrls }: RefererRules): string {
  const switched = (on: boolean) => (on ? 'Enabled' : 'Disabled');
  return (
    xmlElement('Status', switched(enabled)) +
    xmlElement('RefererType', list === 'white' ? 'White-List' : 'Black-List') +
    `<DomainList>${domains.map((domain) => xmlElement('Domain', domain)).join('')}</DomainList>` +
    xmlElement('EmptyReferConfiguration', allowEmpty ? 'Allow' : 'Deny') +
    xmlElement('VerifySignatureURL', switched(verifySignedUrls))
  );
}

export const deleteBucketRefererCodec = codec({
  operation: deleteBucketReferer,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
