/** Buckets, and the list of them. */
import { type Case, fact } from '../case.ts';

export const buckets: readonly Case[] = [
  fact('bucket-head', 'HEAD of a bucket', 'buckets §4', { status: 200 }),
  fact('bucket-head-missing', 'HEAD of a bucket that nobody has', 'buckets §4', { status: 404 }),
  fact('bucket-missing', 'a list of a bucket that nobody has', 'buckets §6', { status: 404, code: 'NoSuchBucket' }),
  fact('bucket-location', 'the location of a bucket is its region', 'buckets §8', { isRegion: true }),
  fact('bucket-list', 'GET Service lists the bucket', 'buckets §2', { listed: true }),
  fact('bucket-delete-full', 'a bucket that holds objects stays', 'buckets §5', {
    status: 409,
    code: 'BucketNotEmpty',
  }),
  fact('bucket-create-again', 'a bucket that one has already', 'buckets §3', {
    status: 409,
    code: 'BucketAlreadyOwnedByYou',
  }),
];
