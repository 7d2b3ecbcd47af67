/** ACLs of buckets and objects. Source: spec/s3.md §7, §9. */
import { CANNED_GRANTS } from '../../access/acl.ts';
import { aclDocument, type GranteeWords } from '../../cos/acl-reply.ts';
import { codec, emptyReply } from '../../cos/codec.ts';
import {
  type AclDocument,
  type AclSubject,
  type AclWords,
  decodeBucketAcl,
  decodeGrantHeaders,
  decodeGrants,
  GROUP_URIS,
  refuseAclBody,
} from '../../cos/decode/acl.ts';
import { readXml, refuseBody } from '../../cos/decode/body.ts';
import { decodeOwnAcl } from '../../cos/decode/own-acl.ts';
import { versionIdOf } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { WireReply } from '../../http/types.ts';
import { XML_CONFIG_BYTES, type XmlElement, xmlChild } from '../../http/xml.ts';
import { isPublicGrant } from '../../model/acl-rules.ts';
import type { Grant } from '../../model/records/attributes.ts';
import type { Limits } from '../../model/services.ts';
import { getBucketAcl, type PutBucketAclInput, putBucketAcl } from '../../operations/bucket-acl.ts';
import { getObjectAcl, type PutObjectAclInput, putObjectAcl } from '../../operations/object-acl.ts';
import { groupUriOut, S3_GROUPS } from '../names.ts';
import type { S3Request } from '../wire.ts';

const DECODED: AclWords = {
  groupOf(uri) {
    if (uri === `${S3_GROUPS}AllUsers`) return 'all';
    return uri === `${S3_GROUPS}AuthenticatedUsers` ? 'authenticated' : undefined;
  },
  writeOnObjects: true,
  emails: true,
};
/** `qcs::cam::uin/<owner>:uin/<own>` is called by the part behind the last slash, as in lists. */
const ENCODED: GranteeWords = {
  displayName: (id) => id.slice(id.lastIndexOf('/') + 1),
  groupUri: (group) => groupUriOut(GROUP_URIS[group]),
};

const canonical = (uin: string): string => `qcs::cam::uin/${uin}:uin/${uin}`;
const fullControl = (grantee: string): Grant => ({ grantee, permission: 'FULL_CONTROL' });

/** Groups come first. */
function reply(owner: string, grants: readonly Grant[]): WireReply {
  const others = grants.filter((grant) => !isPublicGrant(grant));
  return aclDocument(owner, [...grants.filter(isPublicGrant), ...others], ENCODED);
}

/**
 * A document names everybody who has a right.
 * @throws CosError MalformedACLError, InvalidArgument, AttachmentFull, UnresolvableGrantByEmailAddress
 */
async function readDocument(wire: S3Request, subject: AclSubject, limits: Limits): Promise<AclDocument> {
  try {
    const root = await readXml(wire, 'AccessControlPolicy', XML_CONFIG_BYTES, limits);
    return decodeGrants(root, requiredList(root), subject, DECODED);
  } catch (error) {
    if (error instanceof CosError && error.code === 'MalformedXML') throw new CosError('MalformedACLError');
    throw error;
  }
}

/** @throws CosError MalformedXML */
function requiredList(root: XmlElement): XmlElement {
  const list = xmlChild(root, 'AccessControlList');
  if (list === undefined) throw new CosError('MalformedXML');
  return list;
}

/** @throws CosError InvalidRequest */
function requireOneAcl(canned: string | undefined, grants: readonly Grant[] | undefined): void {
  if (canned !== undefined && grants !== undefined) {
    throw new CosError('InvalidRequest', { message: 'Specifying both Canned ACLs and Header Grants is not allowed' });
  }
}

export const putBucketAclCodec = codec({
  operation: putBucketAcl,
  async decode(request, limits): Promise<PutBucketAclInput> {
    const wire = request.wire as S3Request;
    const canned = wire.header('x-cos-acl');
    const grants = decodeGrantHeaders(wire, 'bucket');
    if (canned === undefined && grants === undefined) {
      return { acl: 'private', ...(await readDocument(wire, 'bucket', limits)), listed: true };
    }
    requireOneAcl(canned, grants);
    const acl = decodeBucketAcl(canned);
    await refuseAclBody(wire);
    return { acl, grants: grants ?? [], owner: undefined };
  },
  encode: () => emptyReply(),
});

export const getBucketAclCodec = codec({
  operation: getBucketAcl,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode({ ownerUin, acl, grants, listed }) {
    const owner = canonical(ownerUin);
    const canned = CANNED_GRANTS[acl];
    if (!listed) return reply(owner, [...canned, fullControl(owner)]);
    return reply(owner, acl === 'private' ? grants : [...canned, ...grants, fullControl(owner)]);
  },
});

/** A list that names the owner alone is what each object has from the start. */
function ownerAlone({ grants, owner }: AclDocument): boolean {
  const [only, second] = grants;
  return second === undefined && only?.permission === 'FULL_CONTROL' && only.grantee === owner;
}

export const putObjectAclCodec = codec({
  operation: putObjectAcl,
  async decode(request, limits): Promise<PutObjectAclInput> {
    const wire = request.wire as S3Request;
    const named = { key: request.key, versionId: versionIdOf(request) };
    const headers = decodeGrantHeaders(wire);
    if (wire.header('x-cos-acl') === undefined && headers === undefined) {
      const document = await readDocument(wire, 'object', limits);
      const grants = ownerAlone(document) ? [] : document.grants;
      return { ...named, acl: 'owner-only', grants, owner: document.owner };
    }
    const { acl, grants = [] } = decodeOwnAcl(wire, headers);
    await refuseAclBody(wire);
    return { ...named, acl, grants, owner: undefined };
  },
  encode: () => emptyReply(),
});

export const getObjectAclCodec = codec({
  operation: getObjectAcl,
  async decode(request) {
    await refuseBody(request.wire);
    return { key: request.key, versionId: versionIdOf(request) };
  },
  encode({ bucket: { ownerUin }, acl, grants, inherited }) {
    const owner = canonical(ownerUin);
    const others = inherited.filter(({ grantee }) => grantee !== owner);
    const canned = [...CANNED_GRANTS[acl], ...others];
    // A list without a canned ACL names the owner where it was meant to.
    if (grants.length > 0 && canned.length === 0) return reply(owner, grants);
    return reply(owner, [...canned, ...grants, fullControl(owner)]);
  },
});
