/** Resource names of destination buckets, in the spellings of all pages. Source: spec/buckets.md §22. */

export interface Destination {
  readonly region: string;
  /** Full name, `<name>-<appid>`. */
  readonly bucket: string;
  readonly appid: string;
}

/** `qcs::cos:<region>::<bucket>`, with or without `id/0` and `uid/<appid>` or `appid/<appid>` before the name. */
const NAME = /^qcs:(?:id\/0)?:cos:([a-z][a-z0-9-]{0,40}):(?:(?:uid|appid)\/(\d{5,15}))?:([a-z0-9][a-z0-9-]{0,80})$/;
const FULL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-(\d{5,15})$/;

/** @returns undefined for what names no bucket, or an account that is not the bucket's */
export function parseDestination(text: string): Destination | undefined {
  const match = NAME.exec(text);
  if (match === null) return undefined;
  const [, region, account, name] = match as unknown as [string, string, string | undefined, string];
  const suffix = FULL.exec(name)?.[1];
  if (suffix !== undefined && (account === undefined || account === suffix)) {
    return { region, bucket: name, appid: suffix };
  }
  // The oldest form has the account beside a name without it.
  return account === undefined ? undefined : { region, bucket: `${name}-${account}`, appid: account };
}
