/** Writing, copying and deleting objects. Source: spec/objects.md §8. */
import { CosError } from '../../errors/cos-error.ts';
import type { WireRequest } from '../../http/types.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { appendObject } from '../../operations/append-object.ts';
import { type DeleteMultipleObjectsInput, deleteMultipleObjects } from '../../operations/delete-multiple-objects.ts';
import { deleteObject } from '../../operations/delete-object.ts';
import { putObject } from '../../operations/put-object.ts';
import { type PutObjectCopyInput, putObjectCopy } from '../../operations/put-object-copy.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { decodeAttributes } from '../decode/attributes.ts';
import { decodeDigests, refuseBody, requireLength } from '../decode/body.ts';
import { decodeWriteConditions } from '../decode/conditions.ts';
import { decodeCopySource } from '../decode/copy-source.ts';
import { decodeCustomerKey } from '../decode/encryption.ts';
import { checkNewKey } from '../decode/key.ts';
import { requiredInteger } from '../decode/params.ts';
import { refuseUnsupported, UPLOAD_ANSWERS } from '../decode/unsupported.ts';
import { decodeUploadAnswer } from '../decode/upload-answer.ts';
import { deleteReply, readDeleteDocument } from '../delete-document.ts';
import { crcText, isoSeconds, uploadHeaders, withEncryption } from '../encode.ts';
import { pacedBody } from '../paced.ts';
import { versionIdOf } from '../request.ts';
import { answered } from '../upload-answer.ts';

export const putObjectCodec = codec({
  operation: putObject,
  decode(request, limits) {
    const { wire, key } = request;
    requireLength(wire);
    checkNewKey(key);
    refuseUnsupported(request.wire);
    return {
      key,
      body: pacedBody(request),
      attributes: decodeAttributes(wire, key, limits.userMetaBytes),
      digests: decodeDigests(wire),
      conditions: decodeWriteConditions(wire),
      answer: decodeUploadAnswer(wire),
    };
  },
  encode({ etag, crc64, versionId, encryption, answer }, request) {
    const headers = withEncryption(uploadHeaders(etag, crc64, versionId), encryption);
    return answer === undefined ? emptyReply(200, headers) : answered(answer, headers, request);
  },
});

export const appendObjectCodec = codec({
  operation: appendObject,
  decode(request, limits) {
    const { wire, key, query } = request;
    requireLength(wire);
    checkNewKey(key);
    refuseUnsupported(request.wire, UPLOAD_ANSWERS);
    return {
      key,
      position: requiredInteger(query.get('position'), 'position', 0, Number.MAX_SAFE_INTEGER),
      body: pacedBody(request),
      attributes: decodeAttributes(wire, key, limits.userMetaBytes),
      digests: decodeDigests(wire),
      customerKey: decodeCustomerKey(wire),
    };
  },
  encode({ nextPosition, etag, crc64, pieceMd5, encryption }) {
    const headers = withEncryption(uploadHeaders(etag, crc64), encryption);
    // Despite its name this header holds an MD5, and the Go SDK checks it (spec/objects.md §8.3).
    headers.push('x-cos-next-append-position', String(nextPosition), 'x-cos-content-sha1', pieceMd5);
    return emptyReply(200, headers);
  },
});

export const putObjectCopyCodec = codec({
  operation: putObjectCopy,
  async decode(request, limits): Promise<PutObjectCopyInput> {
    const { wire, key } = request;
    checkNewKey(key);
    refuseUnsupported(request.wire, UPLOAD_ANSWERS);
    const source = await decodeCopySource(request);
    await refuseBody(wire);
    return {
      key,
      source,
      metadataDirective: decodeDirective(wire, 'x-cos-metadata-directive'),
      taggingDirective: decodeDirective(wire, 'x-cos-tagging-directive'),
      attributes: decodeAttributes(wire, key, limits.userMetaBytes),
      conditions: decodeWriteConditions(wire),
    };
  },
  encode({ etag, crc64, modifiedMs, versionId, sourceVersionId, encryption }) {
    const headers = withEncryption([], encryption);
    if (versionId !== undefined) headers.push('x-cos-version-id', versionId);
    if (sourceVersionId !== undefined) headers.push('x-cos-copy-source-version-id', sourceVersionId);
    return xmlReply(
      `<CopyObjectResult><ETag>&quot;${etag}&quot;</ETag><CRC64>${crcText(crc64)}</CRC64>` +
        `<LastModified>${isoSeconds(modifiedMs)}</LastModified>` +
        `${versionId === undefined ? '' : xmlElement('VersionId', versionId)}</CopyObjectResult>`,
      headers,
    );
  },
});

function decodeDirective(wire: WireRequest, name: string): 'copy' | 'replace' {
  switch ((wire.header(name) ?? 'Copy').toUpperCase()) {
    case 'COPY':
      return 'copy';
    case 'REPLACE':
    case 'REPLACED':
      return 'replace';
    default:
      throw new CosError('InvalidArgument', { message: `${name} must be Copy or Replaced` });
  }
}

export const deleteObjectCodec = codec({
  operation: deleteObject,
  async decode(request) {
    await refuseBody(request.wire);
    return { key: request.key, versionId: versionIdOf(request), ifMatch: request.wire.header('if-match') };
  },
  encode({ versionId, markerVersionId }) {
    const headers: string[] = [];
    const shown = versionId ?? markerVersionId;
    if (shown !== undefined) headers.push('x-cos-version-id', shown);
    if (markerVersionId !== undefined) headers.push('x-cos-delete-marker', 'true');
    return emptyReply(204, headers);
  },
});

export const deleteMultipleObjectsCodec = codec({
  operation: deleteMultipleObjects,
  async decode({ wire }, limits): Promise<DeleteMultipleObjectsInput> {
    requireLength(wire);
    if (wire.header('content-md5') === undefined) throw new CosError('MissingContentMD5', { close: true });
    return readDeleteDocument(wire, limits);
  },
  encode: deleteReply,
});
