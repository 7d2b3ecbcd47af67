/** Which versions stand in a report, and their lines. Source: spec/buckets.md §21. */
import type { Replication } from '../../model/records/attributes.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { COLUMNS, type Column, columnOf, type InventoryConfiguration } from './configuration.ts';

/** A version as the walk finds it. */
export interface Walked {
  readonly key: string;
  readonly record: ObjectRecord;
  readonly isLatest: boolean;
  /** Empty where versioning was never set. */
  readonly versionId: string;
}

/** Its prefix is left to the walk. */
export function matcherOf({ filter }: InventoryConfiguration): (record: ObjectRecord) => boolean {
  if (filter === undefined) return () => true;
  const { tags, period } = filter;
  const classes = new Set(filter.storageClasses.map((name) => name.toUpperCase()));
  const fromMs = (period?.start ?? 0) * 1_000;
  // The last second counts to its end.
  const toMs = period?.end === undefined ? Number.POSITIVE_INFINITY : (period.end + 1) * 1_000;
  return (record) =>
    record.modifiedMs >= fromMs &&
    record.modifiedMs < toMs &&
    (classes.size === 0 || (record.kind !== 'delete-marker' && classes.has(record.storageClass))) &&
    hasTags(record, tags);
}

function hasTags(record: ObjectRecord, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const tags = record.attributes.extra?.tags ?? [];
  for (let i = 0; i < wanted.length; i += 2) {
    if (!tags.some((name, at) => at % 2 === 0 && name === wanted[i] && tags[at + 1] === wanted[i + 1])) return false;
  }
  return true;
}

/** A report's columns. */
export interface Table {
  readonly columns: readonly string[];
  /** With its end. */
  line(walked: Walked): string;
}

/** @param bucket without APPID */
export function tableOf(configuration: InventoryConfiguration, appid: string, bucket: string): Table {
  const asked = new Set(configuration.fields.map(columnOf));
  const own = COLUMNS.filter((column) => asked.has(column));
  const metas = new Map<string, string>();
  for (const { name, meta } of configuration.fields) if (meta !== undefined) metas.set(meta, name);
  const versioned = configuration.versions === 'All';
  return {
    columns: [
      'Appid',
      'Bucket',
      'Key',
      ...(versioned ? ['VersionId', 'IsLatest', 'IsDeleteMarker'] : []),
      ...own,
      ...metas.values(),
    ],
    line({ key, record, isLatest, versionId }) {
      const fields = [appid, bucket, encoded(key)];
      if (versioned) fields.push(versionId, String(isLatest), String(record.kind === 'delete-marker'));
      for (const column of own) fields.push(cell(column, record));
      for (const meta of metas.keys()) fields.push(metaOf(record, meta));
      return `${fields.map(quoted).join(',')}\n`;
    },
  };
}

function cell(column: Column, record: ObjectRecord): string {
  // Whole seconds, as listings show it.
  if (column === 'LastModifiedDate') return `${new Date(record.modifiedMs).toISOString().slice(0, 19)}.000Z`;
  // A marker has nothing but its time.
  if (record.kind === 'delete-marker') return '';
  switch (column) {
    case 'Size':
      return String(record.size);
    case 'ETag':
      return record.etag;
    case 'StorageClass':
      return record.storageClass;
    case 'IsMultipartUploaded':
      return String(record.parts > 0);
    case 'ReplicationStatus':
      return replicationText(record.attributes.extra?.replication);
    case 'Tag':
      return tagText(record.attributes.extra?.tags ?? []);
    case 'Crc64':
      return record.crc64 === undefined ? '' : record.crc64.readBigUInt64BE(0).toString();
  }
}

/** Empty where no rule asks for it. */
function replicationText(replication: Replication | undefined): string {
  if (replication === undefined) return '';
  if ('replica' in replication) return 'REPLICA';
  if (replication.waiting > 0) return 'PENDING';
  return replication.failed ? 'FAILED' : 'COMPLETED';
}

function tagText(tags: readonly string[]): string {
  const pairs: string[] = [];
  for (let i = 0; i < tags.length; i += 2) {
    pairs.push(`${encodeURIComponent(tags[i]!)}=${encodeURIComponent(tags[i + 1]!)}`);
  }
  return pairs.join('&');
}

function metaOf({ attributes: { userMeta } }: ObjectRecord, name: string): string {
  for (let i = 0; i < userMeta.length; i += 2) if (userMeta[i] === name) return userMeta[i + 1]!;
  return '';
}

const encoded = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');

/** RFC 4180: in quotes only where it must be. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
