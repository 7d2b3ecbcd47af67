/** Writing, copying and deleting objects. Source: spec/s3.md §5.2, §6, §7. */
import { codec, xmlReply } from '../../cos/codec.ts';
import * as native from '../../cos/codecs/objects.ts';
import { requireLength } from '../../cos/decode/body.ts';
import { deleteReply, readDeleteDocument } from '../../cos/delete-document.ts';
import { isoMillis } from '../../cos/encode.ts';
import { CosError } from '../../errors/cos-error.ts';
import { parseHttpDate } from '../../http/http-date.ts';
import type { DeleteConditions } from '../../model/conditions.ts';
import { type DeleteTarget, deleteMultipleObjects } from '../../operations/delete-multiple-objects.ts';
import { deleteObject } from '../../operations/delete-object.ts';
import { putObject } from '../../operations/put-object.ts';
import { putObjectCopy } from '../../operations/put-object-copy.ts';
import type { ChecksumAlgorithm } from '../../platform/hash/checksum.ts';
import { checksumAlgorithm, checksumElements, headerChecksum, pushChecksum, withChecksum } from '../checksums.ts';
import { expectingOwner } from '../expected-owner.ts';
import { pushExpiry } from '../expiry-header.ts';
import { asksForBypass } from '../lock-headers.ts';
import { quotedTags } from '../names.ts';
import { contended } from './conditions.ts';
import { over, type S3Call } from './over.ts';

export const putObjectCodec = over(putObject, native.putObjectCodec, {
  input: (input, { wire }) => ({
    digests: withChecksum(input.digests, wire),
    conditions: contended(input.conditions),
    tellExpiry: true,
  }),
  reply(reply, { checksum, expiry }) {
    pushChecksum(reply.headers, checksum);
    pushExpiry(reply.headers, expiry);
    return reply;
  },
});

/** Every copy of an object has a checksum. */
const COPY_CHECKSUM: ChecksumAlgorithm = 'CRC64NVME';

export const putObjectCopyCodec = over(putObjectCopy, native.putObjectCopyCodec, {
  input: (input, { wire }) => ({
    source: expectingOwner(input.source, wire),
    conditions: contended(input.conditions),
    checksumAlgorithm: checksumAlgorithm(wire.header('x-amz-checksum-algorithm')),
    defaultChecksum: COPY_CHECKSUM,
  }),
  reply(reply, { etag, modifiedMs, checksum }) {
    const body =
      `<CopyObjectResult><LastModified>${isoMillis(modifiedMs)}</LastModified><ETag>&quot;${etag}&quot;</ETag>` +
      `${checksumElements(checksum)}</CopyObjectResult>`;
    return { ...xmlReply(body), headers: reply.headers };
  },
});

export const deleteObjectCodec = over(deleteObject, native.deleteObjectCodec, {
  input: (_, request) => ({
    ...deleteConditions(request),
    bypassGovernance: asksForBypass(request.wire),
  }),
});

/** @throws CosError InvalidArgument */
function deleteConditions({ wire }: S3Call): DeleteConditions {
  const size = wire.header('x-amz-if-match-size');
  const time = wire.header('x-amz-if-match-last-modified-time');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) throw invalid('x-amz-if-match-size');
  const ms = time === undefined ? undefined : parseHttpDate(time);
  if (time !== undefined && ms === undefined) throw invalid('x-amz-if-match-last-modified-time');
  return {
    ifMatchSize: size === undefined ? undefined : Number(size),
    ifMatchLastModifiedMs: ms,
    absent: 'succeed',
  };
}

function invalid(name: string): CosError {
  return new CosError('InvalidArgument', { message: `The value of ${name} is malformed` });
}

function conditional(target: DeleteTarget): DeleteTarget {
  const { ifMatch } = target;
  return { ...target, absent: 'succeed', ifMatch: ifMatch === undefined ? undefined : quotedTags(ifMatch) };
}

export const deleteMultipleObjectsCodec = codec({
  operation: deleteMultipleObjects,
  async decode(request, limits) {
    const { wire } = request as S3Call;
    requireLength(wire);
    if (
      wire.header('content-md5') === undefined &&
      headerChecksum(wire) === undefined &&
      !wire.header('x-amz-trailer')
    ) {
      throw new CosError('MissingContentMD5', { close: true });
    }
    const { quiet, targets } = await readDeleteDocument(wire, limits);
    return { quiet, targets: targets.map(conditional), bypassGovernance: asksForBypass(wire) };
  },
  encode: deleteReply,
});
