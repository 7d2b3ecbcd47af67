/** Tags of objects and of buckets. Source: spec/objects.md §9.1, spec/buckets.md §20. */
import { CosError } from '../errors/cos-error.ts';

export const MAX_OBJECT_TAGS = 10;
export const MAX_BUCKET_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const ALLOWED = /^[\p{L}\p{M}\p{N} +\-_=.:/@]*$/u;

/**
 * @param flat key, value … in the order given
 * @throws CosError BadRequest (too many), InvalidTag
 */
export function checkTags(flat: readonly string[]): void {
  checkCount(flat, MAX_OBJECT_TAGS, 'An object');
  checkEach(flat);
}

/** As `checkTags`, for buckets. @throws CosError BadRequest (too many), InvalidTag */
export function checkBucketTags(flat: readonly string[]): void {
  checkCount(flat, MAX_BUCKET_TAGS, 'A bucket');
  checkEach(flat);
  for (let i = 0; i < flat.length; i += 2) {
    const key = flat[i]!.toLowerCase();
    if (key === 'project' || key.startsWith('qcs:')) throw invalid(`The tag key ${flat[i]} is reserved.`);
  }
}

function checkCount(flat: readonly string[], most: number, whose: string): void {
  if (flat.length / 2 > most) throw new CosError('BadRequest', { message: `${whose} has at most ${most} tags.` });
}

function checkEach(flat: readonly string[]): void {
  const keys = new Set<string>();
  for (let i = 0; i < flat.length; i += 2) {
    const key = flat[i]!;
    const value = flat[i + 1]!;
    if (keys.has(key)) throw invalid(`The tag key ${key} is given twice.`);
    keys.add(key);
    const length = [...key].length;
    if (length < 1 || length > MAX_KEY) throw invalid(`A tag key has 1 to ${MAX_KEY} characters.`);
    if ([...value].length > MAX_VALUE) throw invalid(`A tag value has at most ${MAX_VALUE} characters.`);
    if (!ALLOWED.test(key) || !ALLOWED.test(value)) throw invalid('A tag holds a character that is not allowed.');
    if (key.toLowerCase().startsWith('cos:')) throw invalid('Tag keys that begin with cos: are reserved.');
  }
}

function invalid(message: string): CosError {
  return new CosError('InvalidTag', { message });
}
