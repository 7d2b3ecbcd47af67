/** Writers that go on whatever happens to the server, and remember what was acknowledged. */
import { initiate } from '../support/buckets.ts';
import type { Answer } from '../support/http.ts';
import { Random } from './random.ts';
import type { ReplicationPair } from './replication-pair.ts';

/** Few keys, so that each has many versions. */
const KEYS = 40;
const SMALL = 20_000;
const LARGE = 3 * 1024 ** 2;
const PART = 1024 ** 2;
/** After a request that broke off, ms. */
const PAUSE_MS = 40;
const WEIGHTS = { small: 60, empty: 4, large: 6, multipart: 4, marker: 20, copy: 6 } as const;

type Kind = keyof typeof WEIGHTS;

export class ReplicationLoad {
  /** `key id` of versions and markers. */
  readonly acknowledged = new Set<string>();
  interrupted = 0;
  readonly #pair: ReplicationPair;
  readonly #seed: number;
  readonly #counts = new Map<Kind, number>();
  #stopped = false;

  constructor(pair: ReplicationPair, seed: number) {
    this.#pair = pair;
    this.#seed = seed;
  }

  async run(writers: number): Promise<void> {
    await Promise.all(Array.from({ length: writers }, (_, number) => this.#write(number)));
  }

  stop(): void {
    this.#stopped = true;
  }

  summary(): string {
    return [...this.#counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
  }

  async #write(number: number): Promise<void> {
    const random = new Random(this.#seed * 1_009 + number);
    while (!this.#stopped) {
      const kind = random.weighted(WEIGHTS);
      const key = `dir/${random.between(0, KEYS - 1)} ä`;
      try {
        await this.#once(kind, key, random);
      } catch {
        this.interrupted += 1;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async #once(kind: Kind, key: string, random: Random): Promise<void> {
    const { from } = this.#pair;
    switch (kind) {
      case 'marker':
        return this.#note(kind, key, await from({ method: 'DELETE', key }), 204);
      case 'copy': {
        const source = `from-1250000000.cos.ap-guangzhou.myqcloud.com/${encodeURI(`dir/${random.between(0, KEYS - 1)} ä`)}`;
        const answer = await from({ method: 'PUT', key, headers: { 'x-cos-copy-source': source } });
        // What is to be copied may be deleted.
        return answer.status === 404 ? undefined : this.#note(kind, key, answer, 200);
      }
      case 'multipart':
        return this.#multipart(key, random);
      default: {
        const size = kind === 'empty' ? 0 : random.between(1, kind === 'large' ? LARGE : SMALL);
        const body = bytes(random, size);
        return this.#note(
          kind,
          key,
          await from({ method: 'PUT', key, body, headers: { 'x-cos-meta-n': `${size}` } }),
          200,
        );
      }
    }
  }

  async #multipart(key: string, random: Random): Promise<void> {
    const { from } = this.#pair;
    const id = await initiate(from, key);
    const parts: string[] = [];
    for (const [at, size] of [PART, PART + 5, random.between(1, PART)].entries()) {
      const query = { partNumber: String(at + 1), uploadId: id };
      const answer = await from({ method: 'PUT', key, query, body: bytes(random, size) });
      parts.push(`<Part><PartNumber>${at + 1}</PartNumber><ETag>${answer.headers['etag']}</ETag></Part>`);
    }
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    this.#note('multipart', key, await from({ method: 'POST', key, query: { uploadId: id }, body }), 200);
  }

  #note(kind: Kind, key: string, { status, headers, text }: Answer, wanted: number): void {
    if (status !== wanted) throw new Error(`${kind}: ${status} ${text.slice(0, 200)}`);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.acknowledged.add(`${key} ${headers['x-cos-version-id']}`);
  }
}

/** Bytes that tell themselves apart, and where in them one is. */
function bytes(random: Random, size: number): Buffer {
  const out = Buffer.alloc(size, `${random.next()} `);
  for (let at = 0; at + 4 <= size; at += 4_096) out.writeUInt32BE(random.between(0, 2 ** 31), at);
  return out;
}
