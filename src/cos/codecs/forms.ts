/** POST Object. Source: spec/objects.md §8.2. */
import { pacedChunks } from '../../http/pacer.ts';
import type { WireReply } from '../../http/types.ts';
import type { ExpectedDigests } from '../../model/ingest.ts';
import { UNCONDITIONAL } from '../../model/write-object.ts';
import { postObject } from '../../operations/post-object.ts';
import { signedViewOf } from '../authenticate.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { RequestFacts } from '../condition-facts.ts';
import { decodeAttributes } from '../decode/attributes.ts';
import { decodeDigests, requireLength } from '../decode/body.ts';
import { decodeForbidOverwrite } from '../decode/conditions.ts';
import { checkKeyLength, checkNewKey } from '../decode/key.ts';
import { formTrafficLimit } from '../decode/traffic-limit.ts';
import { refuseUnsupported } from '../decode/unsupported.ts';
import { decodeUploadAnswer } from '../decode/upload-answer.ts';
import { uploadHeaders, withEncryption } from '../encode.ts';
import { redirectUrl, successStatus } from '../post/answer.ts';
import type { FormFields } from '../post/fields.ts';
import { permitForm, readPostForm } from '../post/form.ts';
import { sizedFile } from '../post/sized-file.ts';
import type { CosRequest } from '../request.ts';
import { encode } from '../signature/encode.ts';
import { answered } from '../upload-answer.ts';

function digestsOf(fields: FormFields): ExpectedDigests {
  const digests = decodeDigests(fields);
  const checksum = fields.dialect?.checksum(fields);
  return checksum === undefined ? digests : { ...digests, checksum };
}

/** What the answer needs of the form; the operation has no use for it. */
const forms = new WeakMap<CosRequest, FormFields>();

export const postObjectCodec = codec({
  operation: postObject,
  async decode(request, limits) {
    const { wire, bucket, keyRing } = request;
    requireLength(wire);
    const { fields, file } = await readPostForm(wire, limits.singleUploadBytes, request.forms);
    request.note.form = fields.dialect;
    const buckets = request.bareName === undefined ? [bucket!.full] : [bucket!.full, request.bareName];
    const { identity, size } = permitForm(fields, signedViewOf(request), buckets, keyRing, wire.receivedAtMs);
    if (identity.kind !== 'anonymous') {
      request.note.secretId = identity.secretId;
      request.note.identity = identity;
    }
    const { key } = fields;
    request.note.key = key;
    checkKeyLength(key, limits.keyBytes);
    checkNewKey(key);
    refuseUnsupported(fields);
    const rate = formTrafficLimit(fields);
    const body = sizedFile(file.body, size);
    forms.set(request, fields);
    return {
      key,
      requester: { identity, facts: new RequestFacts(wire, request.query, identity, fields), trace: request.note },
      body: rate === undefined ? body : pacedChunks({ ...body, unannounced: false }, rate),
      attributes: decodeAttributes(fields, key, limits.userMetaBytes),
      digests: digestsOf(fields),
      conditions: { ...UNCONDITIONAL, forbidOverwrite: decodeForbidOverwrite(fields) },
      answer: decodeUploadAnswer(fields),
    };
  },
  encode(result, request): WireReply {
    const { etag, crc64, versionId, key, encryption, answer, checksum } = result;
    const fields = forms.get(request)!;
    const headers = withEncryption(uploadHeaders(etag, crc64, versionId), encryption);
    fields.dialect?.answer(headers, checksum);
    const redirect = redirectUrl(fields, request.bareName ?? request.bucket!.full, key, etag);
    if (redirect !== undefined && answer === undefined) return emptyReply(303, [...headers, 'Location', redirect]);
    const path = key.split('/').map(encode).join('/');
    // In path style the bucket stands in front of the key.
    const place = request.wire.rawPath.replace(/\/+$/, '');
    const location = `${request.wire.secure ? 'https' : 'http'}://${request.wire.host}${place}/${path}`;
    headers.push('Location', location);
    if (answer !== undefined) return answered(answer, headers, request);
    const status = successStatus(fields);
    if (status !== 201 || fields.dialect === undefined) return emptyReply(status, headers);
    const bucket = request.bareName ?? request.bucket!.full;
    return { ...xmlReply(fields.dialect.created(location, bucket, key, etag), headers), status };
  },
});
