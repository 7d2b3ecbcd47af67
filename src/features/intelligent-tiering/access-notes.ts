/**
 * Notes of reads for intelligent tiering, kept in the rows of the objects. A row is written once in a day of reads, not
 * for each; nothing waits for it, but a server that ends does. Source: spec/buckets.md §24.
 */
import type { BucketEntry } from '../../model/buckets.ts';
import { changeVersion } from '../../model/change-version.ts';
import { objectKeyOfRow } from '../../model/keys.ts';
import { DAY_MS } from '../../model/object-lock.ts';
import type { FoundObject } from '../../model/read-object.ts';
import { withExtra } from '../../model/records/attributes.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { replaceAttributes } from '../../model/restore.ts';
import type { Services } from '../../model/services.ts';
import { isTiered } from '../../model/storage-class.ts';
import { isWatchedForReads, lastAccessMs, type StorageTier, storageTier } from './tier.ts';

/** A read that comes so soon after the last one known changes no tier by more than this. ms */
const NOTE_EVERY_MS = DAY_MS;
/** Rows on their way at once. */
const WRITERS = 8;
/** Notes that wait; reads beyond are noted when they come again. */
const MAX_WAITING = 65_536;

interface Note {
  readonly bucket: BucketEntry;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly stamp: number;
  readonly readMs: number;
}

class AccessNotes {
  readonly #services: Services;
  readonly #waiting = new Map<string, Note>();
  readonly #running = new Set<string>();
  readonly #writers = new Set<Promise<void>>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Whether a note of the version is on its way. */
  has(id: string): boolean {
    return this.#waiting.has(id) || this.#running.has(id);
  }

  add(id: string, note: Note): void {
    if (this.has(id) || this.#waiting.size >= MAX_WAITING) return;
    this.#waiting.set(id, note);
    if (this.#writers.size >= WRITERS) return;
    const writer = this.#write();
    this.#writers.add(writer);
    void writer.finally(() => this.#writers.delete(writer));
  }

  async settled(): Promise<void> {
    while (this.#writers.size > 0) await Promise.all(this.#writers);
  }

  async #write(): Promise<void> {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const [id, note] = next;
      this.#running.add(id);
      try {
        await this.#keep(note);
      } catch {
        // The object is gone, or the store is ill, which those who wait for it learn: the next read is noted again.
      } finally {
        this.#running.delete(id);
      }
    }
  }

  #take(): [string, Note] | undefined {
    for (const entry of this.#waiting) {
      this.#waiting.delete(entry[0]);
      return entry;
    }
    return undefined;
  }

  async #keep({ bucket, key, versionId, stamp, readMs }: Note): Promise<void> {
    await changeVersion(this.#services, bucket, key, versionId, (record) =>
      record.stamp === stamp && isTiered(record.storageClass) && lastAccessMs(record) < readMs
        ? replaceAttributes(record, withExtra(record.attributes, { accessedMs: readMs }))
        : undefined,
    );
  }
}

const notesOf = new WeakMap<Services, AccessNotes>();

function notes(services: Services): AccessNotes {
  const known = notesOf.get(services);
  if (known !== undefined) return known;
  const made = new AccessNotes(services);
  notesOf.set(services, made);
  return made;
}

function idOf(bucket: BucketRecord, key: string, { stamp }: ObjectRecord): string {
  return `${bucket.id.toString('latin1')}${stamp}/${key}`;
}

/** The content of an object is read: keeps it FREQUENT, or makes it so again. Nothing for other classes. */
export function noteRead(services: Services, bucket: BucketEntry, { row, record, versionId }: FoundObject): void {
  if (!isWatchedForReads(record)) return;
  const readMs = services.clock.nowMs();
  if (readMs - lastAccessMs(record) < NOTE_EVERY_MS) return;
  // Behind a symlink it is not the key that was asked for.
  const key = objectKeyOfRow(row.key);
  notes(services).add(idOf(bucket.record, key, record), { bucket, key, versionId, stamp: record.stamp, readMs });
}

/** Resolves when every read so far is kept. */
export async function settleNotes(services: Services): Promise<void> {
  await notesOf.get(services)?.settled();
}

/** The tier of an object in a bucket; undefined for classes without tiers. */
export function tierIn(
  services: Services,
  bucket: BucketRecord,
  key: string,
  record: ObjectRecord,
): StorageTier | undefined {
  const tier = storageTier(bucket.tiering, record, services.clock.nowMs());
  return tier === 'INFREQUENT' && notes(services).has(idOf(bucket, key, record)) ? 'FREQUENT' : tier;
}

export type TierReader = (key: string, record: ObjectRecord) => StorageTier | undefined;

/** undefined where no object of the bucket has a tier. */
export function tierReader(services: Services, bucket: BucketRecord): TierReader | undefined {
  if (bucket.tiering === undefined) return undefined;
  return (key, record) => tierIn(services, bucket, key, record);
}
