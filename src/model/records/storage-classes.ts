/** The storage classes (spec/objects.md §4.1). Rows keep the number of theirs: only ever add at the end. */
export const STORAGE_CLASSES: readonly string[] = [
  'STANDARD',
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'ARCHIVE',
  'DEEP_ARCHIVE',
  'MAZ_STANDARD',
  'MAZ_STANDARD_IA',
  'MAZ_INTELLIGENT_TIERING',
  'MAZ_ARCHIVE',
  'MAZ_DEEP_ARCHIVE',
];
