/** Making, finding and removing buckets. Source: spec/s3.md §7, §12.2; spec/errors.md rows 58–60. */
import { codec, emptyReply, xmlReply } from '../../cos/codec.ts';
import { refuseBody } from '../../cos/decode/body.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { deleteBucket } from '../../operations/delete-bucket.ts';
import { getBucketLocation } from '../../operations/get-bucket-location.ts';
import { type PutBucketInput, putBucket } from '../../operations/put-bucket.ts';
import { askedOwnership } from '../ownership-words.ts';
import * as lock from './lock.ts';
import { over } from './over.ts';

/** What clients of AWS say where they mean no region, unless there is one of the name. */
const ANY_REGION: ReadonlySet<string> = new Set(['', 'us-east-1', 'default', 'auto', 'EU']);
/** `EU` is the old name of AWS's first region there. */
const RENAMED: ReadonlyMap<string, string> = new Map([['EU', 'eu-west-1']]);

export const putBucketCodec = over(putBucket, lock.putBucketCodec, {
  input(input, { wire, region }): Partial<PutBucketInput> {
    const { locationConstraint: wanted = '' } = input;
    const anywhere = ANY_REGION.has(wanted);
    return {
      locationConstraint: RENAMED.get(wanted) ?? wanted,
      anyLocation: region === undefined,
      looseLocation: anywhere,
      // AWS as well forgives it in its first region alone.
      again: anywhere ? 'accept-same' : 'refuse',
      ownership: askedOwnership(wire),
    };
  },
});

export const deleteBucketCodec = codec({
  operation: deleteBucket,
  async decode({ wire }) {
    await refuseBody(wire);
    return { openUploads: 'discard' as const };
  },
  encode: () => emptyReply(204),
});

export const getBucketLocationCodec = codec({
  operation: getBucketLocation,
  decode: ({ wire }) => refuseBody(wire),
  encode: ({ region }) => xmlReply(xmlElement('LocationConstraint', region)),
});
