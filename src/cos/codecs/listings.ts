/** Listings of a bucket. Source: spec/buckets.md §6, §7, §9. */
import { delimiter } from '../decode/params.ts';
import { appidOwner } from '../encode.ts';
import { listingCodecs } from '../listing-codecs.ts';

export const { getBucketCodec, listObjectsV2Codec, getBucketObjectVersionsCodec, listMultipartUploadsCodec } =
  listingCodecs({
    owner: appidOwner,
    uploadOwner: ({ ownerUin }) => ownerUin,
    storageClass: (word) => word,
    delimiter,
  });
