/** What intelligent tiering of a bucket may be asked for. Source: spec/buckets.md §24. */
import { CosError } from '../../errors/cos-error.ts';
import { refuseOnLocked } from '../../model/object-lock.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';

/** The rule of the tiers FREQUENT and INFREQUENT, the one that version 1 sets. */
export const DEFAULT_RULE = 'default';
export type TieringStatus = 'Enabled' | 'Disabled';

export interface TieringStep {
  readonly accessTier: string;
  readonly days: number;
  /** undefined: 1, the only number */
  readonly requestFrequent: number | undefined;
}

/** A rule of version 2 as the document says it. */
export interface TieringRule {
  readonly id: string;
  readonly status: TieringStatus;
  readonly hasFilter: boolean;
  /** At least one. */
  readonly steps: readonly TieringStep[];
}

const DAYS: ReadonlySet<number> = new Set([30, 60, 90]);
const ARCHIVE_TIERS: ReadonlySet<string> = new Set(['ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS']);

/** @throws CosError InvalidArgument */
export function checkTransition(days: number, requestFrequent: number | undefined): void {
  if (!DAYS.has(days)) throw invalid('Days must be 30, 60 or 90.');
  if (requestFrequent !== undefined && requestFrequent !== 1) throw invalid('RequestFrequent must be 1.');
}

/**
 * The days of the default rule.
 * @throws CosError InvalidArgument; NotImplemented for rules of the archive tiers
 */
export function daysOf({ id, hasFilter, steps }: TieringRule): number {
  const [step, second] = steps;
  if (id !== DEFAULT_RULE) {
    if (steps.every(({ accessTier }) => ARCHIVE_TIERS.has(accessTier))) {
      throw new CosError('NotImplemented', { message: 'The archive tiers are not implemented.' });
    }
    throw invalid('A rule beside the default one has the tiers ARCHIVE_ACCESS and DEEP_ARCHIVE_ACCESS.');
  }
  if (hasFilter) throw invalid('The default rule may not have a filter.');
  if (step === undefined || second !== undefined || step.accessTier !== 'INFREQUENT') {
    throw invalid('The default rule must have the tier INFREQUENT alone.');
  }
  checkTransition(step.days, step.requestFrequent);
  return step.days;
}

/**
 * The bucket with intelligent tiering on.
 * @throws CosError BucketLocked; InvalidRequest where it would be changed or switched off; InvalidArgument where it is
 *   not to be on from the start
 */
export function withTiering(
  record: BucketRecord,
  status: TieringStatus,
  days: number,
  unchangeable: string,
): BucketRecord {
  refuseOnLocked(record, 'Intelligent tiering');
  if (record.tiering === undefined) {
    if (status !== 'Enabled') throw invalid('Status must be Enabled: intelligent tiering can only be switched on.');
    return { ...record, tiering: { days } };
  }
  if (status !== 'Enabled' || record.tiering.days !== days) {
    throw new CosError('InvalidRequest', { message: unchangeable });
  }
  return record;
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
