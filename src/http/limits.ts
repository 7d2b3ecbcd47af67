/** Limits of one wire server; every list, wait and size has one. */
export interface WireLimits {
  /** Request line and headers together, bytes; above it MaxMessageLengthExceeded. */
  readonly headerBytes: number;
  /** Header lines of one request. */
  readonly headerCount: number;
  /** ms from the first byte of a head (or from the connection) to its end. */
  readonly headTimeoutMs: number;
  /** ms without a byte of a body that is being read; then RequestTimeOut. */
  readonly bodyTimeoutMs: number;
  /** ms a body may take from where it is read to its last byte; then UserNetworkTooSlow. 0: any time. */
  readonly uploadMs: number;
  /** ms without a byte leaving while an answer waits for the client; cut after one to two and a half times as long. */
  readonly writeTimeoutMs: number;
  /** ms an idle connection is kept. Clients pool connections for up to 90 s (spec/clients.md §3 "Keep-alive"). */
  readonly keepAliveMs: number;
  /** Connections at once; further ones are closed at once. */
  readonly connections: number;
  /** Requests a client may send ahead on one connection before it is closed. */
  readonly pipelined: number;
  /** bytes of all bodies that are being read whole at once; beyond it SlowDown. */
  readonly bufferedBodyBytes: number;
  /** bytes of a body that are read and dropped after an early answer … */
  readonly drainBytes: number;
  /** … and ms spent on it. */
  readonly drainMs: number;
}

export const DEFAULT_WIRE_LIMITS: WireLimits = {
  headerBytes: 64 * 1024,
  headerCount: 1_000,
  headTimeoutMs: 30_000,
  bodyTimeoutMs: 30_000,
  uploadMs: 0,
  writeTimeoutMs: 60_000,
  keepAliveMs: 125_000,
  connections: 10_000,
  pipelined: 128,
  bufferedBodyBytes: 256 * 1024 * 1024,
  drainBytes: 1024 * 1024,
  drainMs: 2_000,
};
