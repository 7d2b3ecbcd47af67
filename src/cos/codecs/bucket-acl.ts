/** PUT and GET Bucket acl. Source: spec/buckets.md §10, spec/access.md §3. */
import { XML_CONFIG_BYTES } from '../../http/xml.ts';
import { getBucketAcl, type PutBucketAclInput, putBucketAcl } from '../../operations/bucket-acl.ts';
import { aclReply } from '../acl-reply.ts';
import { codec, emptyReply } from '../codec.ts';
import { decodeBucketAcl, decodeBucketAclDocument, decodeGrantHeaders, refuseAclBody } from '../decode/acl.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import { hasRareHeaders } from '../decode/header-source.ts';

export const putBucketAclCodec = codec({
  operation: putBucketAcl,
  async decode({ wire }, limits): Promise<PutBucketAclInput> {
    const canned = wire.header('x-cos-acl');
    const grants = hasRareHeaders(wire) ? decodeGrantHeaders(wire, 'bucket') : undefined;
    if (canned === undefined && grants === undefined) {
      const root = await readXml(wire, 'AccessControlPolicy', XML_CONFIG_BYTES, limits);
      return { acl: 'private', ...decodeBucketAclDocument(root) };
    }
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
  encode: ({ ownerUin, acl, grants }) => aclReply(ownerUin, acl, grants),
});
