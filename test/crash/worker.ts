/** One client that writes to keys of its own until the server dies under it. */
import type { Answer, Client } from './client.ts';
import { type Content, contentOf, type Journal } from './journal.ts';
import type { Random } from './random.ts';

export const PLAIN_BUCKET = 'crash';
export const VERSIONED_BUCKET = 'crash-versions';

const KEYS_PER_WORKER = 12;
const MIB = 1024 * 1024;

/** Body of an appendable object so far: an append's outcome depends on it. */
const appended = new Map<string, Buffer>();

/** Versions that were acknowledged: bucket's key and version id. */
export interface Versions {
  readonly contents: Map<string, Content>;
  /** Ids whose deletion is in flight: either answer is right. */
  readonly doubtful: Set<string>;
}

export class Worker {
  readonly #client: Client;
  readonly #journal: Journal;
  readonly #random: Random;
  readonly #id: number;
  readonly #versions: Versions;
  stopped = false;

  constructor(id: number, client: Client, journal: Journal, versions: Versions, random: Random) {
    this.#id = id;
    this.#client = client;
    this.#journal = journal;
    this.#versions = versions;
    this.#random = random;
  }

  /** Runs until the connection breaks or `stopped` is set. */
  async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.#step();
      } catch (error) {
        if (this.stopped || isBroken(error)) return;
        throw error;
      }
    }
  }

  #key(kind: string): string {
    return `${kind}/w${this.#id}/${this.#random.below(KEYS_PER_WORKER)}`;
  }

  async #step(): Promise<void> {
    const roll = this.#random.below(100);
    if (roll < 40) return this.#put(this.#random.below(64 * 1024));
    if (roll < 50) return this.#put(MIB + this.#random.below(2 * MIB));
    if (roll < 62) return this.#delete();
    if (roll < 72) return this.#append();
    if (roll < 80) return this.#copy();
    if (roll < 86) return this.#multipart();
    if (roll < 96) return this.#putVersion();
    return this.#deleteVersion();
  }

  async #change(key: string, outcome: Content, call: () => Promise<Answer>): Promise<void> {
    this.#journal.begin(key, outcome);
    const { status, body } = await call();
    if (status < 300) this.#journal.acknowledge(key);
    else {
      this.#journal.refuse(key);
      throw new Error(`unexpected answer ${status}: ${body.toString()}`);
    }
  }

  #put(size: number): Promise<void> {
    const key = this.#key('put');
    const body = this.#random.bytes(size);
    return this.#change(key, contentOf(body), () => this.#client.send('PUT', PLAIN_BUCKET, key, { body }));
  }

  #delete(): Promise<void> {
    const key = this.#key('put');
    return this.#change(key, undefined, () => this.#client.send('DELETE', PLAIN_BUCKET, key));
  }

  /** The position is what the journal knows: after a crash the restart has settled it. */
  async #append(): Promise<void> {
    const key = this.#key('append');
    const before = this.#journal.known(key) === undefined ? Buffer.alloc(0) : (appended.get(key) ?? Buffer.alloc(0));
    const piece = this.#random.bytes(1 + this.#random.below(8 * 1024));
    const after = Buffer.concat([before, piece]);
    candidates.set(key, after);
    const query = `append&position=${before.length}`;
    await this.#change(key, contentOf(after), () =>
      this.#client.send('POST', PLAIN_BUCKET, key, { query, body: piece }),
    );
    appended.set(key, after);
  }

  async #copy(): Promise<void> {
    const source = this.#key('put');
    const content = this.#journal.known(source);
    if (content === undefined) return;
    const key = this.#key('copy');
    const headers = { 'x-cos-copy-source': `${PLAIN_BUCKET}-1250000000.cos.ap-guangzhou.myqcloud.com/${source}` };
    await this.#change(key, content, () => this.#client.send('PUT', PLAIN_BUCKET, key, { headers }));
  }

  async #multipart(): Promise<void> {
    const key = this.#key('parts');
    const started = await this.#client.send('POST', PLAIN_BUCKET, key, { query: 'uploads' });
    const uploadId = /<UploadId>([^<]+)</.exec(started.body.toString())![1]!;
    const parts = [this.#random.bytes(MIB), this.#random.bytes(MIB + 1), this.#random.bytes(100)];
    let list = '';
    for (const [index, body] of parts.entries()) {
      const query = `partNumber=${index + 1}&uploadId=${uploadId}`;
      const { headers } = await this.#client.send('PUT', PLAIN_BUCKET, key, { query, body });
      list += `<Part><PartNumber>${index + 1}</PartNumber><ETag>${String(headers['etag'])}</ETag></Part>`;
    }
    const body = Buffer.from(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`);
    await this.#change(key, contentOf(Buffer.concat(parts)), () =>
      this.#client.send('POST', PLAIN_BUCKET, key, { query: `uploadId=${uploadId}`, body }),
    );
  }

  async #putVersion(): Promise<void> {
    const key = this.#key('v');
    const body = this.#random.bytes(this.#random.below(20_000));
    const { status, headers } = await this.#client.send('PUT', VERSIONED_BUCKET, key, { body });
    if (status !== 200) throw new Error(`unexpected answer ${status}`);
    this.#versions.contents.set(`${key}?versionId=${String(headers['x-cos-version-id'])}`, contentOf(body));
    this.#journal.acknowledged += 1;
  }

  async #deleteVersion(): Promise<void> {
    const mine = [...this.#versions.contents.keys()].filter((id) => id.startsWith(`v/w${this.#id}/`));
    if (mine.length === 0) return;
    const id = this.#random.pick(mine);
    const [key = '', query = ''] = id.split('?');
    this.#versions.doubtful.add(id);
    const { status } = await this.#client.send('DELETE', VERSIONED_BUCKET, key, { query });
    if (status !== 204) throw new Error(`unexpected answer ${status}`);
    this.#versions.doubtful.delete(id);
    this.#versions.contents.delete(id);
    this.#journal.acknowledged += 1;
  }
}

/** What an append in flight would have made of its key. */
const candidates = new Map<string, Buffer>();

/** After a restart: which of the two bodies an appendable object has. */
export function settleAppended(key: string, found: Content): void {
  for (const body of [appended.get(key), candidates.get(key)]) {
    const content = body === undefined ? undefined : contentOf(body);
    if (found !== undefined && content?.sha1 === found.sha1) appended.set(key, body!);
  }
}

function isBroken(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(code ?? '') ||
    message === 'aborted' ||
    message === 'socket hang up'
  );
}
