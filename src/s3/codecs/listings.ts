/** Listings as Amazon S3 shows them. Source: spec/s3.md §7. */
import { text } from '../../cos/decode/params.ts';
import { accountElement } from '../../cos/encode.ts';
import { listingCodecs } from '../../cos/listing-codecs.ts';
import { uploadChecksumElements } from '../checksums.ts';
import { storageClassOut } from '../names.ts';

export const { getBucketCodec, listObjectsV2Codec, getBucketObjectVersionsCodec, listMultipartUploadsCodec } =
  listingCodecs({
    owner: ({ ownerUin }) => accountElement('Owner', ownerUin),
    uploadOwner: (_, initiatorUin) => initiatorUin,
    uploadMore: ({ checksum }) => uploadChecksumElements(checksum),
    storageClass: storageClassOut,
    delimiter: (query) => text(query, 'delimiter'),
  });
