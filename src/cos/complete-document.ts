/** The document of Complete Multipart Upload. Source: spec/objects.md §11.7, spec/s3.md §5.2. */
import { CosError } from '../errors/cos-error.ts';
import type { WireRequest } from '../http/types.ts';
import { type XmlElement, xmlChildren, xmlText } from '../http/xml.ts';
import type { CompletedPart } from '../model/multipart/complete.ts';
import type { Limits } from '../model/services.ts';
import { readXml } from './decode/body.ts';

/** 10,000 parts take one to two MB (spec/objects.md §2.5). */
const COMPLETE_BYTES = 4 * 1024 * 1024;

/**
 * @param more what a protocol says of a part beside its number and ETag
 * @throws CosError MalformedXML, and what `readXml` and `more` throw
 */
export async function readCompleteDocument(
  wire: WireRequest,
  limits: Limits,
  more?: (part: XmlElement) => Partial<CompletedPart>,
): Promise<CompletedPart[]> {
  const root = await readXml(wire, 'CompleteMultipartUpload', COMPLETE_BYTES, limits);
  const parts = xmlChildren(root, 'Part').map((part): CompletedPart => {
    const number = xmlText(part, 'PartNumber');
    const etag = xmlText(part, 'ETag')?.replace(/^"(.*)"$/, '$1');
    if (number === undefined || !/^\d{1,9}$/.test(number) || !etag) throw new CosError('MalformedXML');
    const named = { partNumber: Number(number), etag };
    return more === undefined ? named : { ...named, ...more(part) };
  });
  if (parts.length === 0) throw new CosError('MalformedXML');
  return parts;
}
