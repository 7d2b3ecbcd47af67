/** Object tags. Source: spec/objects.md §9.1. */
import { CosError } from '../errors/cos-error.ts';

export const MAX_OBJECT_TAGS = 10;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const ALLOWED = /^[\p{L}\p{M}\p{N} +\-_=.:/@]*$/u;

/**
 * @param flat key, value … in the order given
 * @throws CosError BadRequest (too many), InvalidTag
 */
export function checkTags(flat: readonly string[]): void {
  if (flat.length / 2 > MAX_OBJECT_TAGS) {
    throw new CosError('BadRequest', { message: `An object has at most ${MAX_OBJECT_TAGS} tags.` });
  }
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
