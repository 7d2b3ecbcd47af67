/** Where a bucket's requests are logged: its shape, what it must be like, and its row. Source: spec/buckets.md §19. */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketConfig } from '../../model/bucket-configs.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export interface LoggingRule {
  /** Full name. */
  readonly targetBucket: string;
  /** Stands in front of the names of log files as it is; undefined where it was not given. */
  readonly targetPrefix: string | undefined;
}

export const BUCKET_LOGGING: BucketConfig<LoggingRule> = {
  name: 'logging',
  pack: ({ targetBucket, targetPrefix }) => pack([1, targetBucket, targetPrefix ?? null]),
  unpack(stored) {
    const [, targetBucket, targetPrefix] = unpack(stored) as [number, string, string | null];
    return { targetBucket, targetPrefix: targetPrefix ?? undefined };
  },
};

/** A bucket that is logged, and where to. */
export interface AccessLog {
  readonly source: BucketRecord;
  readonly rule: LoggingRule;
}

/** Longest rest of a log file's name, bytes. */
const NAME_BYTES = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const CONTROL = /[\u0000-\u001f\u007f]/;

/** @param keyBytes longest key there may be @throws CosError LoggingPrefixInvalid */
export function checkLogPrefix(prefix: string, keyBytes: number): void {
  if (prefix.startsWith('/') || CONTROL.test(prefix) || Buffer.byteLength(prefix) > keyBytes - NAME_BYTES) {
    throw new CosError('LoggingPrefixInvalid');
  }
}
