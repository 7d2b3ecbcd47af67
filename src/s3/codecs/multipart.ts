/** Multipart uploads. Source: spec/s3.md §5.2, §7, §12.2. */
import { codec, xmlReply } from '../../cos/codec.ts';
import * as native from '../../cos/codecs/multipart.ts';
import { readCompleteDocument } from '../../cos/complete-document.ts';
import { decodeWriteConditions } from '../../cos/decode/conditions.ts';
import { urlEncoded } from '../../cos/decode/params.ts';
import { decodeUploadAnswer } from '../../cos/decode/upload-answer.ts';
import { accountElement, isoMillis, listText, withEncryption } from '../../cos/encode.ts';
import { CosError } from '../../errors/cos-error.ts';
import { type XmlElement, xmlText } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import type { ExpectedWhole, UploadChecksumRequest } from '../../model/multipart/checksums.ts';
import type { CompletedPart } from '../../model/multipart/complete.ts';
import { CHECKSUM_TYPES, type ChecksumType } from '../../model/records/checksum.ts';
import {
  type CompleteMultipartUploadInput,
  completeMultipartUpload,
} from '../../operations/complete-multipart-upload.ts';
import { initiateMultipartUpload } from '../../operations/initiate-multipart-upload.ts';
import { listParts } from '../../operations/list-parts.ts';
import { uploadPart } from '../../operations/upload-part.ts';
import { uploadPartCopy } from '../../operations/upload-part-copy.ts';
import { CHECKSUM_ALGORITHMS } from '../../platform/hash/checksum.ts';
import {
  checksumAlgorithm,
  checksumBytes,
  checksumElements,
  headerChecksum,
  pushChecksum,
  uploadChecksumElements,
  valueElement,
  withChecksum,
} from '../checksums.ts';
import { expectingOwner } from '../expected-owner.ts';
import { storageClassOut } from '../names.ts';
import type { S3Request } from '../wire.ts';
import { contended } from './conditions.ts';
import { over, type S3Call } from './over.ts';

/** @throws CosError InvalidRequest */
function checksumType(wire: S3Request): ChecksumType | undefined {
  const word = wire.header('x-amz-checksum-type');
  if (word === undefined) return undefined;
  const type = CHECKSUM_TYPES.find((name) => name === word.toUpperCase());
  if (type === undefined) throw new CosError('InvalidRequest', { message: 'The x-amz-checksum-type is unknown.' });
  return type;
}

function asked(wire: S3Request): UploadChecksumRequest | undefined {
  const algorithm = checksumAlgorithm(wire.header('x-amz-checksum-algorithm'));
  const type = checksumType(wire);
  if (algorithm !== undefined) return { algorithm, type };
  if (type === undefined) return undefined;
  throw new CosError('InvalidRequest', {
    message: 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
  });
}

export const initiateMultipartUploadCodec = over(initiateMultipartUpload, native.initiateMultipartUploadCodec, {
  input: (_, { wire }) => ({ checksum: asked(wire) }),
  reply({ headers }, { bucket, key, uploadId, checksum }, { bucketLabel }) {
    if (checksum !== undefined) {
      headers.push('x-amz-checksum-algorithm', checksum.algorithm, 'x-amz-checksum-type', checksum.type);
    }
    const body =
      `<InitiateMultipartUploadResult>${xmlElement('Bucket', bucketLabel(bucket))}${xmlElement('Key', key)}` +
      `${xmlElement('UploadId', uploadId)}</InitiateMultipartUploadResult>`;
    return { ...xmlReply(body), headers };
  },
});

export const uploadPartCodec = over(uploadPart, native.uploadPartCodec, {
  input: (input, { wire }) => ({ digests: withChecksum(input.digests, wire) }),
  reply(reply, { checksum }) {
    pushChecksum(reply.headers, checksum);
    return reply;
  },
});

export const uploadPartCopyCodec = over(uploadPartCopy, native.uploadPartCopyCodec, {
  input: (input, { wire }) => ({ source: expectingOwner(input.source, wire) }),
  reply({ headers }, { etag, modifiedMs, checksum }) {
    const body =
      `<CopyPartResult><LastModified>${isoMillis(modifiedMs)}</LastModified><ETag>&quot;${etag}&quot;</ETag>` +
      `${checksumElements(checksum)}</CopyPartResult>`;
    return { ...xmlReply(body), headers };
  },
});

/** @throws CosError InvalidRequest */
function expectedWhole(wire: S3Request): ExpectedWhole {
  const size = wire.header('x-amz-mp-object-size');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) {
    throw new CosError('InvalidRequest', { message: 'The x-amz-mp-object-size is no number.' });
  }
  const announced = headerChecksum(wire, 'with-parts');
  return {
    checksum:
      announced === undefined
        ? undefined
        : { algorithm: announced.algorithm, value: announced.expected as Buffer, parts: announced.parts },
    checksumType: checksumType(wire),
    size: size === undefined ? undefined : Number(size),
  };
}

/** What lacks is malformed to S3. */
function asMalformed(error: unknown): never {
  if (error instanceof CosError && error.code === 'MissingRequestBodyError') throw new CosError('MalformedXML');
  throw error;
}

/** The checksum that the document lists for a part. @throws CosError InvalidRequest */
function listedChecksum(part: XmlElement): Partial<CompletedPart> {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const text = xmlText(part, `Checksum${algorithm}`);
    if (text === undefined || text === '') continue;
    const value = checksumBytes(algorithm, text);
    if (value === undefined) {
      throw new CosError('InvalidRequest', { message: `Value for Checksum${algorithm} is invalid.` });
    }
    return { checksum: { algorithm, value } };
  }
  return {};
}

export const completeMultipartUploadCodec = codec({
  operation: completeMultipartUpload,
  async decode(request, limits): Promise<CompleteMultipartUploadInput> {
    const { wire, key, query } = request as S3Call;
    const whole = expectedWhole(wire);
    return {
      key,
      uploadId: query.get('uploadid') ?? '',
      parts: await readCompleteDocument(wire, limits, listedChecksum).catch(asMalformed),
      conditions: contended(decodeWriteConditions(wire)),
      answer: decodeUploadAnswer(wire),
      gaps: 'allow',
      whole,
    };
  },
  encode({ bucket, key, etag, versionId, record, checksum }, { wire, bucketLabel }) {
    const headers = withEncryption([], record?.attributes.extra?.encryption);
    if (versionId !== undefined && versionId !== 'null') headers.push('x-cos-version-id', versionId);
    const scheme = wire.secure ? 'https' : 'http';
    return xmlReply(
      '<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        `${xmlElement('Location', `${scheme}://${wire.host}${wire.rawPath}`)}` +
        `${xmlElement('Bucket', bucketLabel(bucket))}${xmlElement('Key', key)}<ETag>&quot;${etag}&quot;</ETag>` +
        `${checksumElements(checksum)}</CompleteMultipartUploadResult>`,
      headers,
    );
  },
});

export const listPartsCodec = over(listParts, native.listPartsCodec, {
  reply({ headers }, output, { query, bucketLabel }) {
    const { bucket, key, uploadId, upload, parts, truncated, partNumberMarker, maxParts } = output;
    const encoded = urlEncoded(query);
    let body =
      `<ListPartsResult>${xmlElement('Bucket', bucketLabel(bucket.name))}` +
      `${encoded ? '<EncodingType>url</EncodingType>' : ''}${xmlElement('Key', listText(key, encoded))}` +
      `${xmlElement('UploadId', uploadId)}${accountElement('Initiator', upload.initiatorUin)}` +
      `${accountElement('Owner', bucket.ownerUin)}` +
      `<StorageClass>${storageClassOut(upload.attributes.storageClass)}</StorageClass>` +
      `<PartNumberMarker>${partNumberMarker}</PartNumberMarker>` +
      `<NextPartNumberMarker>${parts.at(-1)?.partNumber ?? 0}</NextPartNumberMarker>` +
      `<MaxParts>${maxParts}</MaxParts><IsTruncated>${truncated}</IsTruncated>`;
    body += uploadChecksumElements(upload.checksum);
    for (const { partNumber, modifiedMs, etag, size, checksum } of parts) {
      body +=
        `<Part><PartNumber>${partNumber}</PartNumber><LastModified>${isoMillis(modifiedMs)}</LastModified>` +
        `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size>${valueElement(checksum)}</Part>`;
    }
    return { ...xmlReply(`${body}</ListPartsResult>`), headers };
  },
});
