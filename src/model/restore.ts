/**
 * Archived versions and their restored copies. What state a version is in follows from the clock alone, so nothing
 * has to run when a restore ends or a copy expires. Source: spec/objects.md §4.3, §4.4, §8.10.
 */
import { CosError } from '../errors/cos-error.ts';
import type { BucketEntry } from './buckets.ts';
import { changeVersion } from './change-version.ts';
import { DAY_MS } from './object-lock.ts';
import { type Restore, withExtra } from './records/attributes.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';
import { isArchive, isDeepArchive } from './storage-class.ts';

export type RestoreTier = Restore['tier'];

/** Faster first. */
const TIERS: readonly RestoreTier[] = ['expedited', 'standard', 'bulk'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The shortest times of the documented spans. */
const DELAY_MS: Readonly<Record<'archive' | 'deep', Readonly<Record<RestoreTier, number>>>> = {
  archive: { expedited: MINUTE_MS, standard: 3 * HOUR_MS, bulk: 5 * HOUR_MS },
  deep: { expedited: Number.POSITIVE_INFINITY, standard: 12 * HOUR_MS, bulk: 24 * HOUR_MS },
};
/** Copies expire at midnight of UTC+8. */
const EXPIRY_HOUR_MS = 16 * HOUR_MS;

export type RestoreState = 'archived' | 'ongoing' | 'restored';

/** @returns undefined where the class needs no restore */
export function restoreState(nowMs: number, record: ObjectRecord): RestoreState | undefined {
  if (!isArchive(record.storageClass)) return undefined;
  const restore = record.attributes.extra?.restore;
  if (restore === undefined || nowMs >= restore.expiresMs) return 'archived';
  return nowMs < restore.readyMs ? 'ongoing' : 'restored';
}

/** @throws CosError InvalidObjectState while an archived version has no restored copy */
export function requireReadable(services: Services, record: ObjectRecord): void {
  if (!isArchive(record.storageClass)) return;
  if (restoreState(services.clock.nowMs(), record) === 'restored') return;
  throw new CosError('InvalidObjectState', { facts: { storageClass: record.storageClass } });
}

/** With the time scale at 1 a copy lasts to the next 16:00 GMT after its days. */
function expiryOf(readyMs: number, days: number, scale: number): number {
  const until = readyMs + days * DAY_MS * scale;
  if (scale !== 1) return until;
  return Math.ceil((until - EXPIRY_HOUR_MS) / DAY_MS) * DAY_MS + EXPIRY_HOUR_MS;
}

/**
 * POST Object restore.
 * @param days how long the copy lasts once it is there
 * @throws CosError NoSuchKey, NoSuchVersion, RestoreNonArchiveObject, RestoreAlreadyInProgress, InvalidArgument, SlowDown
 */
export function restoreObject(
  services: Services,
  bucket: BucketEntry,
  key: string,
  versionId: string | undefined,
  days: number,
  tier: RestoreTier,
): Promise<ObjectRecord> {
  const { restoreTimeScale: scale } = services.settings;
  return changeVersion(
    services,
    bucket,
    key,
    versionId,
    (record) => {
      const nowMs = services.clock.nowMs();
      const state = restoreState(nowMs, record);
      if (state === undefined) throw new CosError('RestoreNonArchiveObject');
      const before = record.attributes.extra?.restore;
      if (state === 'restored' && before !== undefined) {
        return withRestore(record, { ...before, expiresMs: expiryOf(nowMs, days, scale) });
      }
      const delayMs = DELAY_MS[isDeepArchive(record.storageClass) ? 'deep' : 'archive'][tier] * scale;
      if (!Number.isFinite(delayMs)) {
        throw new CosError('InvalidArgument', { message: 'The tier Expedited is not offered for DEEP_ARCHIVE.' });
      }
      if (state === 'ongoing' && before !== undefined && TIERS.indexOf(tier) >= TIERS.indexOf(before.tier)) {
        throw new CosError('RestoreAlreadyInProgress');
      }
      const readyMs = nowMs + delayMs;
      return withRestore(record, { tier, requestedMs: nowMs, readyMs, expiresMs: expiryOf(readyMs, days, scale) });
    },
    'restore',
  );
}

function withRestore(record: ObjectRecord, restore: Restore): ObjectRecord {
  return replaceAttributes(record, withExtra(record.attributes, { restore }));
}

/** The same version with other attributes. */
export function replaceAttributes(record: ObjectRecord, attributes: ObjectRecord['attributes']): ObjectRecord {
  return {
    stamp: record.stamp,
    isNull: record.isNull,
    kind: record.kind,
    size: record.size,
    etag: record.etag,
    crc64: record.crc64,
    modifiedMs: record.modifiedMs,
    storageClass: record.storageClass,
    attributes,
    parts: record.parts,
    ...(record.manifest === undefined ? {} : { manifest: record.manifest }),
  };
}
