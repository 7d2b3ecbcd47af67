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

/**
 * Characters of the part before the APPID, as the newer pages say. The older rule, 60 characters for the whole host, is
 * broken by the vendor's own test suite (docs/compatibility.md).
 */
const MAX_NAME = 50;
/** Characters of one DNS label. */
const MAX_LABEL = 63;
const APPID = /-\d{5,15}$/;

/**
 * Takes `<name>-<digits>` apart. Case is not folded: a path is case-sensitive, and a host is lower-cased before.
 * @throws CosError MissingAppid without `-<digits>` at the end
 * @throws CosError InvalidBucketName when the name part is empty, has other characters than a–z, 0–9 and `-`, a hyphen
 *   at either end, or is too long
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
  if (name.length > MAX_NAME || label.length > MAX_LABEL) throw invalidName();
  return { full: label, name, appid: label.slice(hyphen + 1) };
}

const BARE = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const DOTTED_QUAD = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * A name without APPID, by the rules of Amazon S3: 3 to 63 of a–z, 0–9, `-` and `.`, no dots side by side, no address.
 * Source: spec/s3.md §2.
 * @throws CosError InvalidBucketName
 */
export function parseBareName(label: string, appid: string): BucketName {
  if (!BARE.test(label) || label.includes('..') || label.includes('.-') || label.includes('-.')) throw invalidName();
  if (DOTTED_QUAD.test(label)) throw invalidName();
  return { full: `${label}-${appid}`, name: label, appid };
}

/** Whether a label ends in what an APPID can be; `a-1` of a tool that numbers its buckets does not. */
export function hasAppid(label: string): boolean {
  return APPID.test(label);
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
