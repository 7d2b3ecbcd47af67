/** What an operation leaves of its work for logs. */
import type { ObjectRecord } from './records/object.ts';

export interface RequestTrace {
  /** Which rule decided about the right to act. */
  rule?: string;
  /** The version or marker that was read, written or deleted. */
  object?: ObjectRecord;
  /** What it was copied from. */
  source?: ObjectRecord;
  /** By how much the stored content grew, bytes; below 0 where some of it went. */
  deltaBytes?: number;
}
