/** What Amazon S3 calls the ownership of objects. Source: spec/s3.md §9. */
import type { HeaderSource } from '../cos/decode/header-source.ts';
import { CosError } from '../errors/cos-error.ts';
import { OWNERSHIPS, type Ownership } from '../model/records/bucket-features.ts';

export const OWNERSHIP_WORDS: Readonly<Record<Ownership, string>> = {
  writer: 'ObjectWriter',
  preferred: 'BucketOwnerPreferred',
  enforced: 'BucketOwnerEnforced',
};

export function ownershipOf(word: string | undefined): Ownership | undefined {
  return OWNERSHIPS.find((ownership) => OWNERSHIP_WORDS[ownership] === word);
}

/** What CreateBucket asks for. @throws CosError InvalidArgument */
export function askedOwnership(source: HeaderSource): Ownership | undefined {
  const word = source.header('x-amz-object-ownership');
  const ownership = ownershipOf(word);
  if (word !== undefined && ownership === undefined) {
    throw new CosError('InvalidArgument', { message: 'Invalid x-amz-object-ownership header' });
  }
  return ownership;
}
