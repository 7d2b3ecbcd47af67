/** The real server without sockets: memory, a clock that stands still, requests signed once for each method and path. */
import type { KeyRing } from '../../src/access/identity.ts';
import { authorization } from '../../src/cos/signature/sign.ts';
import { CosError } from '../../src/errors/cos-error.ts';
import type { ErrorProfile } from '../../src/errors/resolve.ts';
import { DEFAULT_BASE_DOMAINS } from '../../src/http/host.ts';
import type { BodySource, RandomAccessBody, WireReply, WireRequest } from '../../src/http/types.ts';
import { type Audit, audit } from '../../src/model/audit.ts';
import { runDeletions } from '../../src/model/deletions.ts';
import { ManualClock } from '../../src/platform/clock.ts';
import { type App, createApp } from '../../src/server/app.ts';
import { openMemoryStore } from '../../src/store/memory/index.ts';
import { BUCKET, LIMITS, START_MS } from './settings.ts';

export interface Sent {
  readonly method: string;
  /** '' addresses the bucket. */
  readonly key: string;
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Received extends Pick<WireReply, 'status' | 'headers' | 'contentLength'> {
  readonly bytes: Buffer;
}

const PAIR = { secretId: 'AKIDmodel', secretKey: 'model' };
const HOST = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;
const RING: KeyRing = {
  find: () => ({
    ...PAIR,
    enabled: true,
    identity: {
      kind: 'root',
      appid: '1250000000',
      ownerUin: '100000000001',
      uin: '100000000001',
      name: '',
      secretId: PAIR.secretId,
      policies: [],
    },
  }),
};

/** Bodies up to this long are written in one step, longer ones as a stream: both ways are taken. */
const STAGE_BYTES = 16;
const DAY_S = 86_400;

const signatures = new Map<string, string>();

function sign(method: string, path: string): string {
  const known = signatures.get(method + path);
  if (known !== undefined) return known;
  const at = START_MS / 1000;
  const made = authorization({ ...PAIR, method, path, from: at - DAY_S, to: at + 30 * DAY_S });
  signatures.set(method + path, made);
  return made;
}

export class ModelServer {
  readonly #clock = new ManualClock(START_MS);
  /** How many it has been used for. */
  sequences = 0;
  readonly #app: App;
  #broken: unknown;
  #latestMs = START_MS;

  constructor(profile: ErrorProfile) {
    this.#app = createApp({
      store: openMemoryStore({ stageLimitBytes: STAGE_BYTES }),
      keyRing: RING,
      clock: this.#clock,
      baseDomains: DEFAULT_BASE_DOMAINS,
      bareHosts: [],
      regions: ['ap-guangzhou'],
      defaultRegion: 'ap-guangzhou',
      errors: { profile, literalSeedCodes: false },
      limits: LIMITS,
      graceMs: 0,
      onInternalError: (error) => {
        this.#broken = error;
      },
    });
  }

  /** @returns the time that a sequence starts at: a whole second behind all before it */
  begin(): number {
    this.sequences += 1;
    this.#latestMs += 10_000;
    this.#clock.set(this.#latestMs);
    return this.#latestMs;
  }

  /** @param nowMs may lie in the past */
  set(nowMs: number): void {
    this.#clock.set(nowMs);
    this.#latestMs = Math.max(this.#latestMs, Math.ceil(nowMs / 1_000) * 1_000);
  }

  /** @throws what the server calls an internal error */
  async send(sent: Sent): Promise<Received> {
    const reply = await this.#app.handler(requestOf(sent, this.#clock.nowMs()));
    if (this.#broken !== undefined) throw this.#broken;
    return { ...reply, bytes: await bytesOf(reply) };
  }

  /** Carries out the deletions that are due. */
  async reap(): Promise<void> {
    while ((await runDeletions(this.#app.services, this.#clock.nowMs())).more);
  }

  /** All rows there are. */
  async rows(): Promise<number> {
    const { meta } = this.#app.services.store;
    let count = 0;
    for (let from: Buffer | undefined = Buffer.alloc(1); from !== undefined; ) {
      const page: Awaited<ReturnType<typeof meta.scan>> = await meta.scan({
        from,
        to: Buffer.from([255]),
        limit: 1_000,
      });
      count += page.rows.length;
      from = page.resume;
    }
    return count;
  }

  /** Carries out every deletion, then compares rows with bodies. */
  async audit(): Promise<Audit> {
    await this.#app.reaper.drain();
    return audit(this.#app.services);
  }
}

function requestOf({ method, key, query, headers, body }: Sent, nowMs: number): WireRequest {
  const all: Record<string, string> = { ...headers, authorization: sign(method, `/${key}`), host: HOST };
  const rawPath = `/${key.split('/').map(encodeURIComponent).join('/')}`;
  return {
    method,
    rawTarget: query === '' ? rawPath : `${rawPath}?${query}`,
    rawPath,
    rawQuery: query,
    host: HOST,
    rawHeaders: Object.entries(all).flat(),
    header: (name) => all[name] || undefined,
    body: sourceOf(body),
    secure: false,
    tlsVersion: undefined,
    remoteAddress: '127.0.0.1',
    requestId: 'bW9kZWw=',
    receivedAtMs: nowMs,
  };
}

function sourceOf(body: Buffer): BodySource {
  const take = (maxBytes: number, tooLarge: CosError | undefined): Buffer => {
    if (body.length > maxBytes) throw tooLarge ?? new CosError('EntityTooLarge');
    return Buffer.from(body);
  };
  return {
    length: body.length,
    unannounced: false,
    readAll: async (maxBytes, tooLarge) => take(maxBytes, tooLarge),
    async *chunks(maxBytes, tooLarge) {
      const whole = take(maxBytes, tooLarge);
      const half = whole.length >> 1;
      yield whole.subarray(0, half);
      yield whole.subarray(half);
    },
  };
}

async function bytesOf({ body }: WireReply): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (Buffer.isBuffer(body)) return Buffer.from(body);
  if ('stream' in body) throw new Error('no answer of this test is a stream');
  return readThrough(body);
}

/** In small blocks, as a socket would pull it. */
async function readThrough(body: RandomAccessBody): Promise<Buffer> {
  const out = Buffer.alloc(body.length);
  try {
    for (let done = 0; done < body.length; ) {
      const read = await body.read(body.start + done, out.subarray(done, Math.min(done + 13, body.length)));
      if (read === 0) throw new Error('the body ended early');
      done += read;
    }
  } finally {
    await body.close();
  }
  return out;
}
