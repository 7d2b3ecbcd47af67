import type { Clock } from '../../platform/clock.ts';
import type { Disk } from '../../platform/disk.ts';

export interface LocalStoreOptions {
  /** The data folder; made when absent. */
  readonly dir: string;
  /** Where log and large bodies live; default the real disk. The index and the lock are always on the real one. */
  readonly disk?: Disk;
  readonly clock?: Clock;
  /** `relaxed` never waits for the disk: a power loss may take acknowledged commits. Default `full`. */
  readonly durability?: 'full' | 'relaxed';
  /** A segment of the log ends at about this many bytes; default 256 MiB, at most 2 GiB. */
  readonly segmentBytes?: number;
  /** Bodies up to this many bytes live in the log (`BlobStore.stageLimit`); default 1 MiB. */
  readonly inlineLimitBytes?: number;
  /** Memory for small bodies that were written or read lately, bytes; default 64 MiB. */
  readonly cacheBytes?: number;
  /** Commits whose bytes wait for the disk; further ones queue. Default 64 MiB. */
  readonly pendingBytes?: number;
  /**
   * Space held back so that deleting works on a full disk, bytes; default 8 MiB, 0 with durability `relaxed`. While it is
   * used up only commits that delete at least as many rows as they put are taken.
   */
  readonly reserveBytes?: number;
  /** When wasteful segments are rewritten, and how fast. */
  readonly compaction?: CompactionOptions;
  /** Throw the index away and build it again from the log. */
  readonly rebuildIndex?: boolean;
  /** Names of large bodies; default node:crypto. */
  readonly randomBytes?: (size: number) => Buffer;
  /** What an operator should know. */
  readonly log?: (event: LocalStoreEvent) => void;
}

export interface CompactionOptions {
  /** False: only `compact()` compacts. Default true. */
  readonly background?: boolean;
  /** A sealed segment with a smaller share of live bytes is rewritten; default 0.5. */
  readonly liveShare?: number;
  /** Bytes a second that background compaction reads at most; default 32 MiB. */
  readonly bytesPerSecond?: number;
  /**
   * Deletions have to be kept as long as an older segment may hold what they delete. Once they take this many bytes and
   * a tenth of the log, the oldest segment is rewritten to get rid of them. Default 16 MiB.
   */
  readonly keptBytes?: number;
}

export type LocalStoreEvent =
  /** the index was made again from the log */
  | { readonly kind: 'index-rebuilt'; readonly reason: string; readonly records: number; readonly ms: number }
  /** the log's end was cut off: a write that was under way when the process ended */
  | { readonly kind: 'tail-truncated'; readonly segment: number; readonly bytes: number }
  /** records that the index had not seen yet */
  | { readonly kind: 'log-replayed'; readonly records: number; readonly ms: number }
  | { readonly kind: 'orphans-removed'; readonly count: number }
  | {
      readonly kind: 'segment-compacted';
      readonly segment: number;
      readonly bytes: number;
      readonly movedBytes: number;
    }
  | { readonly kind: 'compaction-failed'; readonly segment: number; readonly error: unknown }
  /** no space left: commits fail until there is some */
  | { readonly kind: 'disk-full'; readonly error: unknown }
  /** there is space again */
  | { readonly kind: 'disk-not-full' }
  /** the store accepts nothing more */
  | { readonly kind: 'store-failed'; readonly error: unknown };
