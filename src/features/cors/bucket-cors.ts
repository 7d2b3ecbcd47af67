/** The CORS rules of a bucket, compiled once for each state of them. */
import { type BucketConfig, bucketConfig } from '../../model/bucket-configs.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import type { Services } from '../../model/services.ts';
import { type CorsMatcher, compileCors } from './match.ts';
import { type CorsConfiguration, packCors, unpackCors } from './rules.ts';

export const BUCKET_CORS: BucketConfig<CorsConfiguration> = { name: 'cors', pack: packCors, unpack: unpackCors };

export interface BucketCors {
  readonly matcher: CorsMatcher;
  /** All answers of the bucket say that they depend on the origin. */
  readonly vary: boolean;
}

const compiled = new WeakMap<CorsConfiguration, BucketCors>();

/** undefined when the bucket has no rules; they cost no read then. */
export async function bucketCors(services: Services, entry: BucketEntry): Promise<BucketCors | undefined> {
  const rules = await bucketConfig(services, entry, BUCKET_CORS);
  if (rules === undefined) return undefined;
  const known = compiled.get(rules);
  if (known !== undefined) return known;
  const made = { matcher: compileCors(rules), vary: rules.vary === true };
  compiled.set(rules, made);
  return made;
}
