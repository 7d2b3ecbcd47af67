/** Operations on a bucket itself. Source: spec/buckets.md §3–§5, §8, §13. */
import { CosError } from '../../errors/cos-error.ts';
import { XML_CONFIG_BYTES, xmlChild, xmlText } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { checkBucketTags } from '../../model/tags.ts';
import { getBucketObjectLock, putBucketObjectLock } from '../../operations/bucket-object-lock.ts';
import { deleteBucket } from '../../operations/delete-bucket.ts';
import { getBucketLocation } from '../../operations/get-bucket-location.ts';
import { getBucketVersioning } from '../../operations/get-bucket-versioning.ts';
import { headBucket } from '../../operations/head-bucket.ts';
import { type PutBucketInput, putBucket } from '../../operations/put-bucket.ts';
import { putBucketVersioning } from '../../operations/put-bucket-versioning.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { decodeBucketAcl, decodeGrantHeaders } from '../decode/acl.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import { hasRareHeaders } from '../decode/header-source.ts';
import { checkLockMode } from '../decode/lock.ts';
import { decodeTagHeader } from '../decode/tags.ts';
import { refuseUnsupported } from '../decode/unsupported.ts';
import { lockConfigurationReply } from '../lock-documents.ts';

/** A chunked body of no bytes is no body. */
function noneIfEmpty(error: unknown): undefined {
  if (error instanceof CosError && error.code === 'MissingRequestBodyError') return undefined;
  throw error;
}

export const putBucketCodec = codec({
  operation: putBucket,
  async decode(request, limits): Promise<PutBucketInput> {
    const { wire, bucket, region, defaultRegion } = request;
    if (bucket === undefined) throw new CosError('InvalidBucketName');
    refuseUnsupported(wire);
    const rare = hasRareHeaders(wire);
    const asked =
      wire.body.length === 0
        ? undefined
        : await readXml(wire, 'CreateBucketConfiguration', XML_CONFIG_BYTES, limits).catch(noneIfEmpty);
    return {
      name: bucket.full,
      appid: bucket.appid,
      region: region ?? defaultRegion,
      acl: decodeBucketAcl(wire.header('x-cos-acl')),
      grants: (rare && decodeGrantHeaders(wire, 'bucket')) || [],
      tags: (rare && decodeTagHeader(wire.header('x-cos-tagging'), checkBucketTags)) || [],
      azConfig: asked && xmlText(asked, 'BucketAZConfig'),
      archConfig: asked && xmlText(asked, 'BucketArchConfig'),
      locationConstraint: asked && xmlText(asked, 'LocationConstraint'),
    };
  },
  encode: () => emptyReply(),
});

export const headBucketCodec = codec({
  operation: headBucket,
  decode: () => undefined,
  encode({ region, multiAz }) {
    const headers = ['x-cos-bucket-region', region];
    if (multiAz) headers.push('x-cos-bucket-az-type', 'MAZ');
    return emptyReply(200, headers);
  },
});

export const deleteBucketCodec = codec({
  operation: deleteBucket,
  async decode({ wire }) {
    await refuseBody(wire);
    return { openUploads: 'refuse' as const };
  },
  encode: () => emptyReply(204),
});

export const getBucketLocationCodec = codec({
  operation: getBucketLocation,
  decode: ({ wire }) => refuseBody(wire),
  encode: ({ region }) => xmlReply(xmlElement('LocationConstraint', region)),
});

export const putBucketVersioningCodec = codec({
  operation: putBucketVersioning,
  async decode({ wire }, limits) {
    const root = await readXml(wire, 'VersioningConfiguration', XML_CONFIG_BYTES, limits);
    switch (xmlText(root, 'Status')) {
      case 'Enabled':
        return { status: 'enabled' as const };
      case 'Suspended':
        return { status: 'suspended' as const };
      default:
        throw new CosError('MalformedXML');
    }
  },
  encode: () => emptyReply(),
});

export const getBucketVersioningCodec = codec({
  operation: getBucketVersioning,
  decode: ({ wire }) => refuseBody(wire),
  encode({ versioning }) {
    if (versioning === 'unset') return xmlReply('<VersioningConfiguration/>');
    const status = versioning === 'enabled' ? 'Enabled' : 'Suspended';
    return xmlReply(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`);
  },
});

const MAX_LOCK_DAYS = 36_500;

export const putBucketObjectLockCodec = codec({
  operation: putBucketObjectLock,
  async decode({ wire }, limits) {
    const root = await readXml(wire, 'ObjectLockConfiguration', XML_CONFIG_BYTES, limits);
    const enabled = xmlText(root, 'ObjectLockEnabled');
    if (enabled === undefined) throw new CosError('MalformedXML');
    if (enabled !== 'Enabled') {
      throw new CosError('InvalidArgument', { message: 'ObjectLockEnabled must be Enabled.' });
    }
    const rule = xmlChild(root, 'Rule');
    if (rule === undefined) return { days: undefined };
    const retention = xmlChild(rule, 'DefaultRetention');
    const days = retention === undefined ? undefined : xmlText(retention, 'Days');
    if (retention === undefined || days === undefined) throw new CosError('MalformedXML');
    checkLockMode(xmlText(retention, 'Mode') || 'COMPLIANCE');
    if (!/^\d{1,9}$/.test(days) || Number(days) < 1 || Number(days) > MAX_LOCK_DAYS) {
      throw new CosError('InvalidArgument', { message: `Days must be from 1 to ${MAX_LOCK_DAYS}.` });
    }
    return { days: Number(days) };
  },
  encode: () => emptyReply(),
});

export const getBucketObjectLockCodec = codec({
  operation: getBucketObjectLock,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: lockConfigurationReply,
});
