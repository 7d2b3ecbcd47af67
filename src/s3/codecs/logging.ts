/** Access logging of a bucket: of what Amazon S3 can say besides, the plain form of log names alone. Source: spec/s3.md §7, §11. */
import { codec, emptyReply, xmlReply } from '../../cos/codec.ts';
import { readXml, refuseBody } from '../../cos/decode/body.ts';
import type { CosRequest } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { LoggingRule } from '../../features/access-logging/rules.ts';
import { parseBareName, parseBucketName } from '../../http/bucket-name.ts';
import {
  malformedXml,
  XML_CONFIG_BYTES,
  type XmlElement,
  xmlChild,
  xmlChildren,
  xmlExactText,
  xmlText,
} from '../../http/xml.ts';
import { xmlElement, xmlWrap } from '../../http/xml-writer.ts';
import { getBucketLogging, putBucketLogging } from '../../operations/bucket-logging.ts';

const ROOT = 'BucketLoggingStatus';

/** Logs go to a bucket of the same account. @throws CosError TargetBucketNameInvalid */
function fullName(label: string, { bucket, bareNames }: CosRequest): string {
  try {
    const bare = bareNames?.isBare(label) === true;
    return (bare ? parseBareName(label, bucket!.appid) : parseBucketName(label)).full;
  } catch {
    throw new CosError('TargetBucketNameInvalid');
  }
}

/** @throws CosError NotImplemented */
function refuseUnoffered(enabled: XmlElement): void {
  const grants = xmlChild(enabled, 'TargetGrants');
  if (grants !== undefined && grants.children.length > 0) {
    throw new CosError('NotImplemented', {
      message: 'Logs have the ACL of their bucket: TargetGrants are not offered.',
    });
  }
  const format = xmlChild(enabled, 'TargetObjectKeyFormat');
  if (format !== undefined && xmlChild(format, 'PartitionedPrefix') !== undefined) {
    throw new CosError('NotImplemented', { message: 'PartitionedPrefix is not offered.' });
  }
}

export const putBucketLoggingCodec = codec({
  operation: putBucketLogging,
  async decode(request, limits): Promise<LoggingRule | undefined> {
    const root = await readXml(request.wire, ROOT, XML_CONFIG_BYTES, limits);
    const [enabled, second] = xmlChildren(root, 'LoggingEnabled');
    if (second !== undefined) throw malformedXml('There may be one LoggingEnabled.');
    if (enabled === undefined) return undefined;
    const targetBucket = xmlText(enabled, 'TargetBucket');
    const targetPrefix = xmlExactText(enabled, 'TargetPrefix');
    if (targetBucket === undefined) throw malformedXml('There must be a TargetBucket.');
    refuseUnoffered(enabled);
    return { targetBucket: fullName(targetBucket, request), targetPrefix };
  },
  encode: () => emptyReply(),
});

export const getBucketLoggingCodec = codec({
  operation: getBucketLogging,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode(rule, { bucketLabel }) {
    if (rule === undefined) return xmlReply(`<${ROOT}/>`);
    const { targetBucket, targetPrefix = '' } = rule;
    const content = xmlElement('TargetBucket', bucketLabel(targetBucket)) + xmlElement('TargetPrefix', targetPrefix);
    return xmlReply(xmlWrap(ROOT, xmlWrap('LoggingEnabled', content)));
  },
});
