/** The operations of multipart uploads. Source: spec/objects.md §11. */
import { CosError } from '../../errors/cos-error.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { MAX_PART_NUMBER } from '../../model/multipart/upload.ts';
import { abortMultipartUpload } from '../../operations/abort-multipart-upload.ts';
import { completeMultipartUpload } from '../../operations/complete-multipart-upload.ts';
import { initiateMultipartUpload } from '../../operations/initiate-multipart-upload.ts';
import { listParts } from '../../operations/list-parts.ts';
import { uploadPart } from '../../operations/upload-part.ts';
import { uploadPartCopy } from '../../operations/upload-part-copy.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readCompleteDocument } from '../complete-document.ts';
import { decodeAttributes } from '../decode/attributes.ts';
import { decodeDigests, refuseBody, requireLength } from '../decode/body.ts';
import { decodeForbidOverwrite, decodeWriteConditions } from '../decode/conditions.ts';
import { decodeCopyRange, decodeCopySource } from '../decode/copy-source.ts';
import { decodeCustomerKey } from '../decode/encryption.ts';
import { checkNewKey } from '../decode/key.ts';
import { integer, requiredInteger, urlEncoded } from '../decode/params.ts';
import { refuseUnsupported } from '../decode/unsupported.ts';
import { decodeUploadAnswer } from '../decode/upload-answer.ts';
import { accountElement, crcText, isoMillis, isoSeconds, listText, uploadHeaders, withEncryption } from '../encode.ts';
import { pacedBody } from '../paced.ts';
import type { CosRequest } from '../request.ts';
import { answerResult } from '../upload-answer.ts';

const MAX_PARTS_PAGE = 1_000;

const uploadIdOf = ({ query }: CosRequest): string => query.get('uploadid') ?? '';
const partNumberOf = ({ query }: CosRequest): number =>
  requiredInteger(query.get('partnumber'), 'partNumber', 1, MAX_PART_NUMBER);

export const initiateMultipartUploadCodec = codec({
  operation: initiateMultipartUpload,
  async decode(request, limits) {
    const { wire, key } = request;
    checkNewKey(key);
    refuseUnsupported(request.wire);
    const attributes = decodeAttributes(wire, key, limits.userMetaBytes);
    await refuseBody(wire);
    return { key, attributes, forbidOverwrite: decodeForbidOverwrite(wire) };
  },
  encode: ({ bucket, key, uploadId, encryption }) =>
    xmlReply(
      `<InitiateMultipartUploadResult>${xmlElement('Bucket', bucket)}${xmlElement('Key', key)}` +
        `${xmlElement('UploadId', uploadId)}</InitiateMultipartUploadResult>`,
      withEncryption([], encryption),
    ),
});

export const uploadPartCodec = codec({
  operation: uploadPart,
  decode(request) {
    const { wire, key } = request;
    requireLength(wire);
    refuseUnsupported(request.wire);
    return {
      key,
      uploadId: uploadIdOf(request),
      partNumber: partNumberOf(request),
      body: pacedBody(request),
      digests: decodeDigests(wire),
      customerKey: decodeCustomerKey(wire),
    };
  },
  encode: ({ etag, crc64, encryption }) => emptyReply(200, withEncryption(uploadHeaders(etag, crc64), encryption)),
});

export const uploadPartCopyCodec = codec({
  operation: uploadPartCopy,
  async decode(request) {
    const { wire, key } = request;
    refuseUnsupported(request.wire);
    const input = {
      key,
      uploadId: uploadIdOf(request),
      partNumber: partNumberOf(request),
      source: await decodeCopySource(request),
      range: decodeCopyRange(wire),
      customerKey: decodeCustomerKey(wire),
    };
    await refuseBody(wire);
    return input;
  },
  encode: ({ etag, crc64, modifiedMs, sourceVersionId, encryption }) =>
    xmlReply(
      `<CopyPartResult><ETag>&quot;${etag}&quot;</ETag><LastModified>${isoSeconds(modifiedMs)}</LastModified>` +
        `<CRC64>${crcText(crc64)}</CRC64></CopyPartResult>`,
      withEncryption(
        sourceVersionId === undefined ? [] : ['x-cos-copy-source-version-id', sourceVersionId],
        encryption,
      ),
    ),
});

export const completeMultipartUploadCodec = codec({
  operation: completeMultipartUpload,
  async decode(request, limits) {
    const { wire, key } = request;
    refuseUnsupported(request.wire);
    const parts = await readCompleteDocument(wire, limits);
    return {
      key,
      uploadId: uploadIdOf(request),
      parts,
      conditions: decodeWriteConditions(wire),
      answer: decodeUploadAnswer(wire),
    };
  },
  encode({ bucket, key, etag, crc64, versionId, record, answer }, request) {
    const { wire } = request;
    const path = wire.rawPath;
    const headers = withEncryption(
      uploadHeaders(etag, crc64, versionId).slice(2),
      record?.attributes.extra?.encryption,
    );
    const said = answer === undefined ? '' : answerResult(answer, request);
    return xmlReply(
      '<CompleteMultipartUploadResult xmlns="http://www.qcloud.com/document/product/436/7751">' +
        `${xmlElement('Location', `http://${wire.host}${path}`)}${xmlElement('Bucket', bucket)}` +
        `${xmlElement('Key', key)}<ETag>&quot;${etag}&quot;</ETag>${said}</CompleteMultipartUploadResult>`,
      headers,
    );
  },
});

export const abortMultipartUploadCodec = codec({
  operation: abortMultipartUpload,
  async decode(request) {
    await refuseBody(request.wire);
    return { key: request.key, uploadId: uploadIdOf(request) };
  },
  encode: () => emptyReply(204),
});

export const listPartsCodec = codec({
  operation: listParts,
  async decode(request) {
    await refuseBody(request.wire);
    const { query, key } = request;
    const uploadId = uploadIdOf(request);
    if (uploadId === '') throw new CosError('ListPartUploadIdIsEmpty');
    urlEncoded(query);
    return {
      key,
      uploadId,
      partNumberMarker: integer(query, 'part-number-marker', 0, 0, MAX_PART_NUMBER),
      maxParts: integer(query, 'max-parts', MAX_PARTS_PAGE, 1, MAX_PARTS_PAGE),
    };
  },
  encode({ bucket, key, uploadId, upload, parts, truncated, partNumberMarker, maxParts }, { query }) {
    const encoded = urlEncoded(query);
    let body =
      `<ListPartsResult>${xmlElement('Bucket', bucket.name)}${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
      `${xmlElement('Key', listText(key, encoded))}${xmlElement('UploadId', uploadId)}` +
      `${accountElement('Initiator', upload.initiatorUin)}${accountElement('Owner', bucket.ownerUin)}` +
      `<PartNumberMarker>${partNumberMarker}</PartNumberMarker>`;
    for (const part of parts) {
      body +=
        `<Part><PartNumber>${part.partNumber}</PartNumber><LastModified>${isoMillis(part.modifiedMs)}</LastModified>` +
        `<ETag>&quot;${part.etag}&quot;</ETag><Size>${part.size}</Size></Part>`;
    }
    if (truncated) body += `<NextPartNumberMarker>${parts.at(-1)!.partNumber}</NextPartNumberMarker>`;
    body +=
      `<StorageClass>${upload.attributes.storageClass}</StorageClass><MaxParts>${maxParts}</MaxParts>` +
      `<IsTruncated>${truncated}</IsTruncated>`;
    return xmlReply(`${body}</ListPartsResult>`);
  },
});
