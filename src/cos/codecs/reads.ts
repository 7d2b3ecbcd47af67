/** GET Object and HEAD Object. Source: spec/objects.md §6.3, §8.4, §8.5. */
import { getObjectCodecOf, headObjectCodecOf, type ReadWays } from '../read-codecs.ts';

const WAYS: ReadWays = { tellsMarker: false, missingPart: 'InvalidRange', tellExpiry: false };

export const headObjectCodec = headObjectCodecOf(WAYS);
export const getObjectCodec = getObjectCodecOf(WAYS);
