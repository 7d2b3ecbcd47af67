/** PUT, GET and DELETE Bucket origin. Source: spec/buckets.md §18. */
import type { EchoElement, OriginConfiguration } from '../../features/origin/rules.ts';
import { malformedXml, XML_CONFIG_BYTES, type XmlElement, xmlChildren } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { deleteBucketOrigin, getBucketOrigin, putBucketOrigin } from '../../operations/bucket-origin.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import { decodeOriginRule } from '../decode/origin-rule.ts';

const ROOT = 'OriginConfiguration';

export const putBucketOriginCodec = codec({
  operation: putBucketOrigin,
  async decode({ wire }, limits): Promise<OriginConfiguration> {
    const root = await readXml(wire, ROOT, XML_CONFIG_BYTES, limits);
    const rules = xmlChildren(root, 'OriginRule').map(decodeOriginRule);
    if (rules.length === 0) throw malformedXml('There must be an OriginRule.');
    return { rules, echo: root.children.map(echoOf) };
  },
  encode: () => emptyReply(),
});

/** Blanks between elements are layout; those inside of a text are the text's. */
function echoOf({ name, text, children }: XmlElement): EchoElement {
  return [name, children.length === 0 ? text : children.map(echoOf)];
}

export const getBucketOriginCodec = codec({
  operation: getBucketOrigin,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ echo }) => xmlReply(elementOf([ROOT, echo])),
});

function elementOf([name, content]: EchoElement): string {
  if (typeof content === 'string') return xmlElement(name, content);
  return `<${name}>${content.map(elementOf).join('')}</${name}>`;
}

export const deleteBucketOriginCodec = codec({
  operation: deleteBucketOrigin,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
