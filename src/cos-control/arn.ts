/** Resources as batch requests name them: `qcs::cos:<region>:[uid/<appid>]:<bucket>[/<key>]`. Source: spec/buckets.md §29. */

export interface CosArn {
  readonly region: string;
  /** Full name. */
  readonly bucket: string;
  /** '' for the bucket itself. */
  readonly key: string;
}

const ARN = /^qcs::cos:([a-z0-9-]{1,40}):(?:uid\/\d{5,15})?:([a-z0-9][a-z0-9-]{0,62}-\d{5,15})(?:\/([\s\S]*))?$/;

/** @returns undefined for what is none */
export function parseArn(text: string): CosArn | undefined {
  const [, region, bucket, key = ''] = ARN.exec(text) ?? [];
  return region === undefined || bucket === undefined ? undefined : { region, bucket, key };
}
