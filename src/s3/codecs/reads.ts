/** GetObject and HeadObject. Source: spec/s3.md §5.2, §6. */
import { getObjectCodecOf, headObjectCodecOf, type ReadWays } from '../../cos/read-codecs.ts';
import type { WireReply } from '../../http/types.ts';
import { getObject, headObject, type ReadObjectResult } from '../../operations/get-object.ts';
import { pushChecksum } from '../checksums.ts';
import { pushExpiry } from '../expiry-header.ts';
import { over, type S3Call } from './over.ts';

const WAYS: ReadWays = { tellsMarker: true, missingPart: 'InvalidPart', tellExpiry: true };

/** Clients check whatever checksum they see: it is shown where they ask for it. */
function shown(reply: WireReply, { checksum, partsCount, expiry }: ReadObjectResult, { wire }: S3Call): WireReply {
  pushExpiry(reply.headers, expiry);
  if (partsCount !== undefined) reply.headers.push('x-amz-mp-parts-count', String(partsCount));
  if (wire.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED') pushChecksum(reply.headers, checksum);
  return reply;
}

export const getObjectCodec = over(getObject, getObjectCodecOf(WAYS), { reply: shown });
export const headObjectCodec = over(headObject, headObjectCodecOf(WAYS), { reply: shown });
