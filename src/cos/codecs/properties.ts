/** What is known of an object beside its bytes: ACL, tags, retention, restore. Source: spec/objects.md §7, §8.10, §9. */
import { CosError } from '../../errors/cos-error.ts';
import { XML_CONFIG_BYTES, xmlChild, xmlText } from '../../http/xml.ts';
import type { RestoreTier } from '../../model/restore.ts';
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
import { decodeTagSet } from '../decode/tags.ts';
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
    if (mode !== undefined) checkLockMode(mode);
    const retainUntilMs = parseIsoDate(until);
    if (retainUntilMs === undefined)
      throw new CosError('MalformedXML', { message: 'RetainUntilDate must be ISO 8601.' });
    return { ...named(request), retainUntilMs };
  },
  encode: () => emptyReply(),
});

export const getObjectRetentionCodec = codec({
  operation: getObjectRetention,
  decode: withoutBody,
  encode: ({ retainUntilMs }) =>
    xmlReply(
      `<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>${new Date(retainUntilMs).toISOString()}</RetainUntilDate></Retention>`,
    ),
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

/** Upper bound of ours: a hundred years. */
const MAX_RESTORE_DAYS = 36_500;
const TIERS: Readonly<Record<string, RestoreTier>> = { expedited: 'expedited', standard: 'standard', bulk: 'bulk' };

export const postObjectRestoreCodec = codec({
  operation: postObjectRestore,
  async decode(request, limits) {
    const root = await readXml(request.wire, 'RestoreRequest', XML_CONFIG_BYTES, limits);
    const days = xmlText(root, 'Days');
    if (days === undefined || !/^-?\d{1,9}$/.test(days)) throw new CosError('MalformedXML');
    if (Number(days) < 1 || Number(days) > MAX_RESTORE_DAYS) {
      throw new CosError('InvalidArgument', { message: `Days must be from 1 to ${MAX_RESTORE_DAYS}.` });
    }
    const job = xmlChild(root, 'CASJobParameters');
    const tierName = job === undefined ? undefined : xmlText(job, 'Tier');
    const tier = TIERS[(tierName || 'Standard').toLowerCase()];
    if (tier === undefined)
      throw new CosError('InvalidArgument', { message: 'Tier must be Expedited, Standard or Bulk.' });
    return { ...named(request), days: Number(days), tier };
  },
  encode: () => emptyReply(202),
});
