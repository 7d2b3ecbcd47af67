/** Operations that Amazon S3 has and COS has not. */
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  putBucketOwnershipControls,
} from './bucket-ownership.ts';
import { getBucketPolicyStatus } from './bucket-policy-status.ts';
import { getObjectAttributes } from './get-object-attributes.ts';
import type { AnyOperation } from './operation.ts';
import { deletePublicAccessBlock, getPublicAccessBlock, putPublicAccessBlock } from './public-access-block.ts';
import * as unoffered from './unoffered-configs.ts';

export const S3_OPERATIONS: readonly AnyOperation[] = [
  getObjectAttributes,
  getBucketPolicyStatus,
  putBucketOwnershipControls,
  getBucketOwnershipControls,
  deleteBucketOwnershipControls,
  putPublicAccessBlock,
  getPublicAccessBlock,
  deletePublicAccessBlock,
  ...Object.values(unoffered),
];
