/** One record of an access log: 31 fields in one line. Source: spec/buckets.md §19. */

/** A request that has ended. What there is none of is undefined. */
export interface AccessRecord {
  readonly bucket: string;
  readonly region: string;
  /** End of the request, ms since the epoch. */
  readonly endedMs: number;
  /** As sent. */
  readonly host: string;
  readonly operation: string | undefined;
  readonly remoteIp: string;
  readonly secretId: string | undefined;
  readonly requestBytes: number;
  /** By how much the stored content grew, bytes. */
  readonly deltaBytes: number | undefined;
  /** Decoded; undefined for the bucket. */
  readonly key: string | undefined;
  readonly method: string;
  readonly userAgent: string | undefined;
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly responseBytes: number;
  /** First byte of the request to last byte of the answer, ms. */
  readonly totalMs: number;
  readonly storageClass: string | undefined;
  /** UIN of the bucket's owner. */
  readonly ownerUin: string;
  /** Last byte of the request to first byte of the answer, ms. */
  readonly turnAroundMs: number | undefined;
  /** `<uin>:<uin>` */
  readonly requester: string | undefined;
  readonly requestId: string;
  /** bytes */
  readonly objectSize: number | undefined;
  readonly versionId: string | undefined;
  readonly targetStorageClass: string | undefined;
  readonly referer: string | undefined;
  /** Raw, with its query. */
  readonly target: string;
}

const EVENT_VERSION = '1.0';
/** Nothing comes through a CDN or out of a private network of the cloud. */
const LOG_SOURCE = 'USER';
const NO_VPC = '"0"';
const NONE = '-';
/** A request's head may have 64 KiB; a line that long would help nobody. Characters. */
const MAX_TEXT = 2_048;

/** The line, with its end. */
export function formatRecord(r: AccessRecord): string {
  const fields = [
    EVENT_VERSION,
    r.bucket,
    r.region,
    `${new Date(r.endedMs).toISOString().slice(0, 19)}Z`,
    text(r.host),
    text(r.operation),
    text(r.remoteIp),
    text(r.secretId),
    NONE,
    r.requestBytes,
    r.deltaBytes ?? NONE,
    path(r.key ?? ''),
    text(r.method.toLowerCase()),
    text(r.userAgent),
    r.status,
    text(r.errorCode),
    text(r.errorMessage),
    r.responseBytes,
    whole(r.totalMs),
    LOG_SOURCE,
    text(r.storageClass),
    r.ownerUin,
    r.turnAroundMs === undefined ? NONE : whole(r.turnAroundMs),
    text(r.requester),
    text(r.requestId),
    r.objectSize ?? NONE,
    text(r.versionId),
    text(r.targetStorageClass),
    text(r.referer),
    quoted(`${r.method} ${r.target} HTTP/1.1`),
    NO_VPC,
  ];
  return `${fields.join(' ')}\n`;
}

const whole = (ms: number): number => Math.max(0, Math.round(ms));

/** In quotes where it has blanks, so that a line has as many fields as it should. */
function text(value: string | undefined): string {
  if (value === undefined || value === '') return NONE;
  return value.includes(' ') ? quoted(value) : escaped(value);
}

const quoted = (value: string): string => `"${escaped(value)}"`;

/** What would end a field or a line is written as percent signs do. */
function escaped(value: string): string {
  const cut = value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value;
  return cut.replace(/[^\x20-\x7e]|"/gu, (character) =>
    Buffer.from(character).reduce((out, byte) => `${out}%${byte.toString(16).toUpperCase().padStart(2, '0')}`, ''),
  );
}

/** The key as a path: each byte that is not plain is written with a percent sign. */
function path(key: string): string {
  const cut = key.length > MAX_TEXT ? key.slice(0, MAX_TEXT) : key;
  // Half a character may stand where it was cut.
  return `/${encodeURIComponent(Buffer.from(cut).toString()).replaceAll('%2F', '/')}`;
}
