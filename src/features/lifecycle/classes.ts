/** The one way that objects go through the storage classes. Source: spec/buckets.md §12. */
import { STORAGE_CLASSES } from '../../model/records/storage-classes.ts';

/** Warmer first. */
const ORDER = ['STANDARD', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'ARCHIVE', 'DEEP_ARCHIVE'];
const MAZ = 'MAZ_';

/** Smaller objects are never transitioned, bytes. */
export const MIN_TRANSITION_BYTES = 64 * 1024;

/** How cold a class is: an object goes to higher numbers only. @param storageClass upper case and known */
export function coldness(storageClass: string): number {
  return ORDER.indexOf(storageClass.startsWith(MAZ) ? storageClass.slice(MAZ.length) : storageClass);
}

export const isMultiAz = (storageClass: string): boolean => storageClass.startsWith(MAZ);

/** The class a rule names, in upper case; undefined for an unknown one. */
export function classNamed(text: string): string | undefined {
  const upper = text.toUpperCase();
  return STORAGE_CLASSES.includes(upper) ? upper : undefined;
}
