/** PUT and GET Bucket logging. Source: spec/buckets.md §19. */
import { CosError } from '../../errors/cos-error.ts';
import type { LoggingRule } from '../../features/access-logging/rules.ts';
import { parseBucketName } from '../../http/bucket-name.ts';
import { XML_CONFIG_BYTES, xmlChildren, xmlExactText, xmlText } from '../../http/xml.ts';
import { xmlElement, xmlOptional, xmlWrap } from '../../http/xml-writer.ts';
import { getBucketLogging, putBucketLogging } from '../../operations/bucket-logging.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';

const ROOT = 'BucketLoggingStatus';

export const putBucketLoggingCodec = codec({
  operation: putBucketLogging,
  async decode({ wire }, limits): Promise<LoggingRule | undefined> {
    const [enabled, second] = xmlChildren(await readXml(wire, ROOT, XML_CONFIG_BYTES, limits), 'LoggingEnabled');
    if (second !== undefined) {
      throw new CosError('MalformedXML', { message: 'There may be one LoggingEnabled.' });
    }
    if (enabled === undefined) return undefined;
    const targetBucket = xmlText(enabled, 'TargetBucket');
    if (targetBucket === undefined) throw new CosError('MalformedXML', { message: 'There must be a TargetBucket.' });
    return { targetBucket: checkedName(targetBucket), targetPrefix: xmlExactText(enabled, 'TargetPrefix') };
  },
  encode: () => emptyReply(),
});

function checkedName(name: string): string {
  try {
    return parseBucketName(name).full;
  } catch {
    throw new CosError('TargetBucketNameInvalid');
  }
}

export const getBucketLoggingCodec = codec({
  operation: getBucketLogging,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode(rule) {
    if (rule === undefined) return xmlReply(`<${ROOT}/>`);
    const content = xmlElement('TargetBucket', rule.targetBucket) + xmlOptional('TargetPrefix', rule.targetPrefix);
    return xmlReply(xmlWrap(ROOT, xmlWrap('LoggingEnabled', content)));
  },
});
