/**
 * Names of buckets as they stand in hosts and paths. Source: spec/protocol.md §2, §4; spec/errors.md rows 12 and 26.
 */
import { CosError } from '../errors/cos-error.ts';

export interface BucketName {
  /** `<BucketName>-<APPID>`: what COS calls Bucket. */
  readonly full: string;
  /** The part before the APPID. */
  readonly name: string;
  /** Digits. */
  readonly appid: string;
}

/** Longest `<BucketName-APPID>.cos.<Region>.myqcloud.com` in characters. */
export const MAX_BUCKET_HOST = 60;
/** Characters of `.cos.` and `.myqcloud.com` in that host. */
const HOST_FRAME = '.cos.'.length + '.myqcloud.com'.length;

/**
 * Takes `<name>-<digits>` apart. Case is not folded: a path is case-sensitive, and a host is lower-cased before.
 * @throws CosError MissingAppid without `-<digits>` at the end
 * @throws CosError InvalidBucketName when the name part is empty, has other characters than a–z, 0–9 and `-`, or a
 *   hyphen at either end
 */
export function parseBucketName(label: string): BucketName {
  const hyphen = label.lastIndexOf('-');
  if (hyphen < 0 || hyphen === label.length - 1) throw new CosError('MissingAppid');
  for (let i = hyphen + 1; i < label.length; i++) {
    const code = label.charCodeAt(i);
    if (code < 48 || code > 57) throw new CosError('MissingAppid');
  }
  const name = label.slice(0, hyphen);
  if (name === '' || name.charCodeAt(0) === 45 || name.charCodeAt(name.length - 1) === 45) throw invalidName();
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    const allowed = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45;
    if (!allowed) throw invalidName();
  }
  // A label is one DNS label and path style follows it: longer ones can never have been created.
  if (label.length > MAX_BUCKET_HOST) throw invalidName();
  return { full: label, name, appid: label.slice(hyphen + 1) };
}

/**
 * The 60-character rule, measured on the public host form whatever the base domain of this deployment is, so that a
 * name accepted here exists on the service too.
 * @throws CosError InvalidBucketName
 */
export function checkBucketHostLength(full: string, region: string): void {
  if (full.length + region.length + HOST_FRAME > MAX_BUCKET_HOST) throw invalidName();
}

function invalidName(): CosError {
  return new CosError('InvalidBucketName');
}

export interface PathStyleParts {
  /** First segment of the path, raw; '' when the path is `/`. */
  readonly bucket: string;
  /** The rest of the path, raw, with its leading `/`; `/` when nothing follows the bucket. */
  readonly rawPath: string;
}

/** Cuts `/<bucket>/<key>`. Nothing is decoded. Source: spec/protocol.md §1.3. */
export function splitPathStyle(rawPath: string): PathStyleParts {
  const slash = rawPath.indexOf('/', 1);
  if (slash < 0) return { bucket: rawPath.slice(1), rawPath: '/' };
  return { bucket: rawPath.slice(1, slash), rawPath: rawPath.slice(slash) };
}
