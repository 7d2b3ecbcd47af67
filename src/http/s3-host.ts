/** Host forms of Amazon S3 and of its token service below a base domain. Source: spec/s3.md §2. */

export interface S3Name {
  /** As the host has it, dots and all; undefined where it names the service. */
  readonly bucket: string | undefined;
  /** undefined: all of them (`s3.<domain>`). */
  readonly region: string | undefined;
}

const SERVICE = 's3';
const DASHED = 's3-';
const DUAL_STACK = 'dualstack';

/**
 * `s3`, `s3.<region>`, `s3-<region>`, `s3.dualstack.<region>`, each also behind `<bucket>.`. Read from the right: names of
 * buckets may have any labels.
 * @param labels what stands before the base domain
 */
export function s3NameOf(labels: readonly string[]): S3Name | undefined {
  const last = labels.length - 1;
  const end = labels[last] ?? '';
  if (end === SERVICE) return named(labels, last, undefined);
  if (end.startsWith(DASHED)) return named(labels, last, end.slice(DASHED.length));
  if (labels[last - 1] === SERVICE) return named(labels, last - 1, end);
  if (labels[last - 1] === DUAL_STACK && labels[last - 2] === SERVICE) return named(labels, last - 2, end);
  return undefined;
}

/** `sts`, `sts.<region>` */
export function isAwsStsName(labels: readonly string[], regions: ReadonlySet<string>): boolean {
  if (labels[0] !== 'sts') return false;
  return labels.length === 1 || (labels.length === 2 && regions.has(labels[1]!));
}

function named(labels: readonly string[], service: number, region: string | undefined): S3Name {
  return { bucket: service === 0 ? undefined : labels.slice(0, service).join('.'), region };
}
