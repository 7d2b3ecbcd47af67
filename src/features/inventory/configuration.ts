/** Inventory of a bucket: what it may be asked for, and how it is kept. Source: spec/buckets.md §21. */
import { CosError } from '../../errors/cos-error.ts';
import { pack, unpack } from '../../model/records/pack.ts';
import { STORAGE_CLASSES } from '../../model/records/storage-classes.ts';

export type Frequency = 'Daily' | 'Weekly';

export interface InventoryField {
  /** As sent. */
  readonly name: string;
  /** Of user metadata, lower case; undefined for the others. */
  readonly meta: string | undefined;
}

export interface InventoryDestination {
  readonly format: string;
  readonly accountId: string | undefined;
  /** As sent: `qcs::cos:<region>::<bucket>`. */
  readonly bucket: string;
  readonly prefix: string | undefined;
  /** With SSE-COS; else as the bucket's default says. */
  readonly encrypted: boolean;
}

export interface InventoryFilter {
  /** Whether what follows stands in an And. */
  readonly and: boolean;
  readonly prefix: string | undefined;
  /** Flat: key, value … */
  readonly tags: readonly string[];
  readonly storageClasses: readonly string[];
  /** Unix seconds of the last modification, both ends included. */
  readonly period: { readonly start: number | undefined; readonly end: number | undefined } | undefined;
}

export interface InventoryConfiguration {
  readonly id: string;
  /** undefined for a report that is made once */
  readonly schedule: { readonly enabled: boolean; readonly frequency: Frequency } | undefined;
  readonly destination: InventoryDestination;
  readonly filter: InventoryFilter | undefined;
  readonly versions: 'All' | 'Current';
  /** Order and duplicates are kept. */
  readonly fields: readonly InventoryField[];
}

const ID = /^[A-Za-z0-9_.-]{1,64}$/;
const DIGITS = /^\d{1,20}$/;
const MAX_FIELDS = 100;
const MAX_TAGS = 10;
const PLACE = /^qcs::cos:([^:]*):[^:]*:([^:/]+)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const CONTROL = /[\u0000-\u001f\u007f]/;
/** What stands behind the prefix in the name of a report at most, beside bucket and id, bytes. */
const NAME_BYTES = 64;

/** Columns of the report in their order; user metadata follows. */
export const COLUMNS = [
  'Size',
  'LastModifiedDate',
  'ETag',
  'StorageClass',
  'IsMultipartUploaded',
  'ReplicationStatus',
  'Tag',
  'Crc64',
] as const;
export type Column = (typeof COLUMNS)[number];

/** The name a sample of the documents has. */
const ALIASES: ReadonlyMap<string, Column> = new Map([['IsMultipartUpload', 'IsMultipartUploaded']]);

export function columnOf({ name, meta }: InventoryField): Column | undefined {
  if (meta !== undefined) return undefined;
  return ALIASES.get(name) ?? COLUMNS.find((column) => column === name);
}

/** @throws CosError InvalidArgument, NotImplemented (formats) */
export function checkInventory(
  { id, destination, filter, fields }: InventoryConfiguration,
  source: string,
  keyBytes: number,
): void {
  requireId(id);
  checkDestination(destination);
  const rest = Buffer.byteLength(destination.prefix ?? '') + source.length + id.length + NAME_BYTES;
  if (rest > keyBytes) throw invalid('The prefix of the destination is too long.');
  if (fields.length > MAX_FIELDS) throw invalid(`There may be at most ${MAX_FIELDS} fields.`);
  for (const field of fields) {
    if (field.meta === undefined && columnOf(field) === undefined) throw invalid(`Unknown field ${field.name}.`);
    if (field.meta === '') throw invalid('A field of metadata must have a name.');
  }
  if (filter !== undefined) checkFilter(filter, fields, keyBytes);
}

/** @throws CosError InvalidArgument */
export function requireId(id: string): void {
  if (!ID.test(id)) throw invalid('The id may have 1 to 64 letters, digits, hyphens, underscores and dots.');
}

function checkDestination({ format, accountId, prefix }: InventoryDestination): void {
  if (format === 'ORC') {
    throw new CosError('NotImplemented', { message: 'Inventory reports in the format ORC are not implemented.' });
  }
  if (format !== 'CSV') throw invalid('Format must be CSV.');
  if (accountId !== undefined && accountId !== '' && !DIGITS.test(accountId)) throw invalid('AccountId must be a UIN.');
  if (prefix !== undefined && CONTROL.test(prefix)) throw invalid('The prefix of the destination is not valid.');
}

function checkFilter(
  { prefix, tags, storageClasses, period }: InventoryFilter,
  fields: readonly InventoryField[],
  keyBytes: number,
): void {
  if (prefix !== undefined && Buffer.byteLength(prefix) > keyBytes) throw invalid('The prefix is too long.');
  if (tags.length > 2 * MAX_TAGS) throw invalid(`There may be at most ${MAX_TAGS} tags.`);
  if (tags.length > 0 && !fields.some((field) => columnOf(field) === 'Tag')) {
    throw invalid('A filter of tags needs the field Tag.');
  }
  const unknown = storageClasses.find((name) => !STORAGE_CLASSES.includes(name.toUpperCase()));
  if (unknown !== undefined) throw invalid(`Unknown storage class ${unknown}.`);
  if (storageClasses.length > STORAGE_CLASSES.length) throw invalid('There are too many storage classes.');
  const { start, end } = period ?? {};
  if (start !== undefined && end !== undefined && start > end) throw invalid('The period ends before it starts.');
}

/** @throws CosError InvalidArgument */
export function placeOf({ bucket }: InventoryDestination): { region: string; bucket: string } {
  const match = PLACE.exec(bucket);
  if (match === null) throw invalid('The destination must read qcs::cos:<region>::<bucket>.');
  return { region: match[1]!, bucket: match[2]! };
}

export function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

export function packInventory({ id, schedule, destination: d, filter: f, versions, fields }: InventoryConfiguration) {
  return pack([
    1,
    id,
    schedule === undefined ? null : [schedule.enabled, schedule.frequency],
    [d.format, d.accountId ?? null, d.bucket, d.prefix ?? null, d.encrypted],
    f === undefined
      ? null
      : [
          f.and,
          f.prefix ?? null,
          f.tags,
          f.storageClasses,
          f.period === undefined ? null : [f.period.start ?? null, f.period.end ?? null],
        ],
    versions,
    fields.map(({ name, meta }) => [name, meta ?? null]),
  ]);
}

export function unpackInventory(stored: Buffer): InventoryConfiguration {
  const [, id, schedule, d, f, versions, fields] = unpack(stored) as [
    number,
    string,
    [boolean, Frequency] | null,
    [string, string | null, string, string | null, boolean],
    [boolean, string | null, string[], string[], ([number | null, number | null] | null)?] | null,
    'All' | 'Current',
    [string, string | null][],
  ];
  return {
    id,
    schedule: schedule === null ? undefined : { enabled: schedule[0], frequency: schedule[1] },
    destination: {
      format: d[0],
      accountId: d[1] ?? undefined,
      bucket: d[2],
      prefix: d[3] ?? undefined,
      encrypted: d[4],
    },
    filter:
      f === null
        ? undefined
        : {
            and: f[0],
            prefix: f[1] ?? undefined,
            tags: f[2],
            storageClasses: f[3],
            period: f[4] == null ? undefined : { start: f[4][0] ?? undefined, end: f[4][1] ?? undefined },
          },
    versions,
    fields: fields.map(([name, meta]) => ({ name, meta: meta ?? undefined })),
  };
}
