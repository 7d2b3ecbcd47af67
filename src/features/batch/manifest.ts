/** The tasks that a manifest names, one after the other. Source: spec/buckets.md §29, §21 (inventory reports). */
import { createGunzip } from 'node:zlib';
import { CosError } from '../../errors/cos-error.ts';
import { csvRecords } from './csv.ts';
import type { ManifestField, ManifestPlace } from './record.ts';

export interface BatchTask {
  /** Full name. */
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** An object to read. */
export interface ManifestObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  /** What it must be: ETag without quotes, MD5 in hex; undefined: anything. */
  readonly etag: string | undefined;
}

/** Opens an object with the rights of whoever made the job. */
export type OpenObject = (object: ManifestObject) => AsyncIterable<Buffer>;

/** Of the list of an inventory, bytes. */
const MOST_LIST_BYTES = 4 * 1024 * 1024;
const MOST_FILES = 10_000;

/** @throws CosError InvalidRequest where the manifest cannot be read; those of `open` */
export async function* tasksOf(place: ManifestPlace, open: OpenObject): AsyncGenerator<BatchTask> {
  if (place.format === 'csv') {
    const read = reader(place.fields);
    for await (const record of csvRecords(open(place))) yield read(record);
    return;
  }
  const { columns, files } = parseInventory(await whole(open(place)));
  for (const { key } of files) {
    const file = { bucket: place.bucket, key, versionId: undefined, etag: undefined };
    for await (const record of csvRecords(unpacked(open(file), key))) {
      const task = inventoryTask(columns, record);
      if (task !== undefined) yield task;
    }
  }
}

function reader(fields: readonly ManifestField[]): (record: readonly string[]) => BatchTask {
  const [bucketAt, keyAt, versionAt] = (['Bucket', 'Key', 'VersionId'] as const).map((name) => fields.indexOf(name));
  return (record) => {
    if (record.length !== fields.length) throw unreadable('A line has other columns than Fields says.');
    const versionId = versionAt === -1 ? '' : (record[versionAt!] ?? '').trim();
    return {
      bucket: (record[bucketAt!] ?? '').trim(),
      key: decoded(record[keyAt!] ?? ''),
      versionId: versionId === '' ? undefined : versionId,
    };
  };
}

interface Inventory {
  readonly columns: ReadonlyMap<string, number>;
  readonly files: readonly { readonly key: string }[];
}

function parseInventory(list: Buffer): Inventory {
  let value: { fileFormat?: unknown; fileSchema?: unknown; files?: unknown };
  try {
    value = JSON.parse(list.toString('utf8'));
  } catch {
    throw unreadable('It is no list of an inventory.');
  }
  const { fileFormat, fileSchema, files } = value ?? {};
  if (fileFormat !== 'CSV') throw unreadable('Only inventories in CSV can be read.');
  if (typeof fileSchema !== 'string' || !Array.isArray(files) || files.length > MOST_FILES) {
    throw unreadable('It is no list of an inventory.');
  }
  const columns = new Map(fileSchema.split(',').map((name, at) => [name.trim(), at]));
  if (!columns.has('Bucket') || !columns.has('Key')) throw unreadable('The inventory has no columns Bucket and Key.');
  const isFile = (file: unknown): file is { key: string } =>
    typeof file === 'object' && file !== null && typeof (file as { key?: unknown }).key === 'string';
  if (!files.every(isFile)) throw unreadable('It is no list of an inventory.');
  return { columns, files };
}

/** Delete markers are nothing that an operation could be done with. */
function inventoryTask(columns: Inventory['columns'], record: readonly string[]): BatchTask | undefined {
  const column = (name: string): string => record[columns.get(name) ?? -1] ?? '';
  if (column('IsDeleteMarker').toLowerCase() === 'true') return undefined;
  const appid = column('Appid');
  const bucket = column('Bucket');
  const versionId = column('VersionId');
  return {
    bucket: appid === '' || bucket.endsWith(`-${appid}`) ? bucket : `${bucket}-${appid}`,
    key: decoded(column('Key')),
    versionId: versionId === '' ? undefined : versionId,
  };
}

/** Keys are percent-encoded; one that cannot be decoded was not. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

async function* unpacked(chunks: AsyncIterable<Buffer>, key: string): AsyncGenerator<Buffer> {
  if (!key.endsWith('.gz')) {
    yield* chunks;
    return;
  }
  const gunzip = createGunzip();
  const feeding = (async () => {
    for await (const chunk of chunks) {
      if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once('drain', resolve));
    }
    gunzip.end();
  })().catch((error) => gunzip.destroy(error));
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw error instanceof CosError ? error : unreadable(`${key} is not packed with gzip.`);
  } finally {
    gunzip.destroy();
    gunzip.emit('drain');
    await feeding;
  }
}

async function whole(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MOST_LIST_BYTES) throw unreadable('The list of the inventory is too long.');
    all.push(chunk);
  }
  return Buffer.concat(all);
}

function unreadable(why: string): CosError {
  return new CosError('InvalidRequest', { message: `The manifest cannot be read: ${why}` });
}
