/**
 * Operations of COS that are not built: each answers NotImplemented (501) instead of doing half of it.
 * Names and routes: spec/operations.json.
 */
import type { Level, Method, Route, Variant } from './operation.ts';

export interface PendingOperation extends Route {
  readonly name: string;
}

type Entry = readonly [name: string, level: Level, method: Method, subresource: string | undefined, variant?: Variant];

const ENTRIES: readonly Entry[] = [];

export const PENDING: readonly PendingOperation[] = ENTRIES.map(([name, level, method, subresource, variant]) => ({
  name,
  level,
  method,
  ...(subresource === undefined ? {} : { subresource }),
  ...(variant === undefined ? {} : { variant }),
}));

/** Query names of neighbouring services and of S3 that COS has no operation for: NotImplemented as well. */
export const FOREIGN_SUBRESOURCES: readonly string[] = [
  'analytics',
  'attributes',
  'ci-process',
  'comp',
  'imageInfo',
  'live',
  'metrics',
  'notification',
  'ownershipControls',
  'policyStatus',
  'publicAccessBlock',
  'rename',
  'requestPayment',
  'torrent',
  'vod',
];

/** Media processing asks through names that begin so: out of scope (DESIGN §8). */
export const MEDIA_PREFIXES: readonly string[] = ['imageMogr2', 'imageView2', 'image_process', 'watermark'];
