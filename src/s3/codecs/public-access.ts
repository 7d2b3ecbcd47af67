/** The public access block of a bucket. Source: spec/s3.md §9. */
import { codec, emptyReply, xmlReply } from '../../cos/codec.ts';
import { readXml, refuseBody } from '../../cos/decode/body.ts';
import { malformedXml, XML_CONFIG_BYTES, type XmlElement, xmlText } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import type { PublicAccessBlock } from '../../model/records/bucket-features.ts';
import {
  deletePublicAccessBlock,
  getPublicAccessBlock,
  putPublicAccessBlock,
} from '../../operations/public-access-block.ts';

const ROOT = 'PublicAccessBlockConfiguration';

/** What is not said is off. @throws CosError MalformedXML */
function flag(root: XmlElement, name: string): boolean {
  const text = (xmlText(root, name) || 'false').toLowerCase();
  if (text !== 'true' && text !== 'false') throw malformedXml(`${name} must be true or false.`);
  return text === 'true';
}

export const putPublicAccessBlockCodec = codec({
  operation: putPublicAccessBlock,
  async decode({ wire }, limits): Promise<PublicAccessBlock> {
    const root = await readXml(wire, ROOT, XML_CONFIG_BYTES, limits);
    return {
      blockAcls: flag(root, 'BlockPublicAcls'),
      ignoreAcls: flag(root, 'IgnorePublicAcls'),
      blockPolicy: flag(root, 'BlockPublicPolicy'),
      restrictBuckets: flag(root, 'RestrictPublicBuckets'),
    };
  },
  encode: () => emptyReply(),
});

export const getPublicAccessBlockCodec = codec({
  operation: getPublicAccessBlock,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ blockAcls, ignoreAcls, blockPolicy, restrictBuckets }) =>
    xmlReply(
      `<${ROOT}>${xmlElement('BlockPublicAcls', String(blockAcls))}${xmlElement('IgnorePublicAcls', String(ignoreAcls))}` +
        `${xmlElement('BlockPublicPolicy', String(blockPolicy))}` +
        `${xmlElement('RestrictPublicBuckets', String(restrictBuckets))}</${ROOT}>`,
    ),
});

export const deletePublicAccessBlockCodec = codec({
  operation: deletePublicAccessBlock,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
