/** What is known of an object beside its bytes: ACL, tags, retention, restore. Source: spec/objects.md §7, §8.10, §9. */
import { CosError } from '../../errors/cos-error.ts';
import { XML_CONFIG_BYTES, xmlChild, xmlText } from '../../http/xml.ts';
import type { ObjectVersionInput } from '../../operations/find-object.ts';
import { getObjectAcl, type PutObjectAclInput, putObjectAcl } from '../../operations/object-acl.ts';
import {
  getObjectLegalHold,
  getObjectRetention,
  putObjectLegalHold,
  putObjectRetention,
} from '../../operations/object-lock.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from '../../operations/object-tagging.ts';
import { postObjectRestore } from '../../operations/post-object-restore.ts';
import { aclReply } from '../acl-reply.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { decodeAclDocument, decodeGrantHeaders, decodeObjectAcl, refuseAclBody } from '../decode/acl.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import { hasRareHeaders } from '../decode/header-source.ts';
import { checkLockMode, parseIsoDate } from '../decode/lock.ts';
import { decodeRestore } from '../decode/restore.ts';
import { decodeTagSet } from '../decode/tags.ts';
import { retentionReply } from '../lock-documents.ts';
import { type CosRequest, versionIdOf } from '../request.ts';
import { tagSetReply } from '../tag-set-reply.ts';

const named = (request: CosRequest): ObjectVersionInput => ({ key: request.key, versionId: versionIdOf(request) });

async function withoutBody(request: CosRequest): Promise<ObjectVersionInput> {
  await refuseBody(request.wire);
  return named(request);
}

export const putObjectAclCodec = codec({
  operation: putObjectAcl,
  async decode(request, limits): Promise<PutObjectAclInput> {
    const { wire } = request;
    const canned = wire.header('x-cos-acl');
    const grants = hasRareHeaders(wire) ? decodeGrantHeaders(wire) : undefined;
    if (canned === undefined && grants === undefined) {
      const root = await readXml(wire, 'AccessControlPolicy', XML_CONFIG_BYTES, limits);
      return { ...named(request), ...decodeAclDocument(root) };
    }
    const acl = canned === undefined ? 'private' : decodeObjectAcl(canned);
    await refuseAclBody(wire);
    return { ...named(request), acl, grants: grants ?? [], owner: undefined };
  },
  encode: () => emptyReply(),
});

export const getObjectAclCodec = codec({
  operation: getObjectAcl,
  decode: withoutBody,
  encode: ({ bucket, acl, grants }) => aclReply(bucket.ownerUin, acl, grants),
});

export const putObjectTaggingCodec = codec({
  operation: putObjectTagging,
  async decode(request, limits) {
    const root = await readXml(request.wire, 'Tagging', XML_CONFIG_BYTES, limits);
    return { ...named(request), tags: decodeTagSet(root) };
  },
  encode: () => emptyReply(),
});

export const getObjectTaggingCodec = codec({
  operation: getObjectTagging,
  decode: withoutBody,
  encode: ({ tags }) => tagSetReply(tags),
});

export const deleteObjectTaggingCodec = codec({
  operation: deleteObjectTagging,
  decode: withoutBody,
  encode: () => emptyReply(204),
});

export const putObjectRetentionCodec = codec({
  operation: putObjectRetention,
  async decode(request, limits) {
    const root = await readXml(request.wire, 'Retention', XML_CONFIG_BYTES, limits);
    const mode = xmlText(root, 'Mode');
    const until = xmlText(root, 'RetainUntilDate');
    if (mode === undefined && until === undefined) return { ...named(request), retainUntilMs: undefined };
    if (until === undefined) throw new CosError('MalformedXML');
    const lockMode = mode === undefined ? {} : { mode: checkLockMode(mode) };
    const retainUntilMs = parseIsoDate(until);
    if (retainUntilMs === undefined)
      throw new CosError('MalformedXML', { message: 'RetainUntilDate must be ISO 8601.' });
    return { ...named(request), ...lockMode, retainUntilMs };
  },
  encode: () => emptyReply(),
});

export const getObjectRetentionCodec = codec({
  operation: getObjectRetention,
  decode: withoutBody,
  encode: retentionReply,
});

export const putObjectLegalHoldCodec = codec({
  operation: putObjectLegalHold,
  async decode(request, limits) {
    const root = await readXml(request.wire, 'LegalHold', XML_CONFIG_BYTES, limits);
    const status = xmlText(root, 'Status');
    if (status !== 'ON' && status !== 'OFF') throw new CosError('MalformedXML');
    return { ...named(request), legalHold: status === 'ON' };
  },
  encode: () => emptyReply(),
});

export const getObjectLegalHoldCodec = codec({
  operation: getObjectLegalHold,
  decode: withoutBody,
  encode: ({ legalHold }) => xmlReply(`<LegalHold><Status>${legalHold ? 'ON' : 'OFF'}</Status></LegalHold>`),
});

export const postObjectRestoreCodec = codec({
  operation: postObjectRestore,
  async decode(request, limits) {
    const root = await readXml(request.wire, 'RestoreRequest', XML_CONFIG_BYTES, limits);
    return { ...named(request), ...decodeRestore(root, xmlChild(root, 'CASJobParameters')) };
  },
  encode: () => emptyReply(202),
});
