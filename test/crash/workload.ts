/** One writer: changes its own objects, and some that it shares with the others, until the server is gone. */
import { createHash } from 'node:crypto';
import { type Answer, type Ask, type CosClient, hostOf, Interrupted, texts } from './client.ts';
import { bytesOfPiece, type Content, LONGEST_PIECE, lengthOf, type Piece } from './content.ts';
import type { Random } from './random.ts';
import type { Change } from './register.ts';
import { PLAIN, type Upload, VERSIONED, type World } from './world.ts';

const KIB = 1024;
const MIB = 1024 ** 2;
/** Keys of one writer, by kind; and those that all share. */
const KEYS = 12;
/** An appendable object that is longer is deleted instead. */
const APPENDED_MOST = 2 * MIB;

const WEIGHTS = {
  'put small': 24,
  'put large': 8,
  'put shared': 10,
  delete: 8,
  'delete shared': 3,
  'delete several': 3,
  append: 12,
  copy: 8,
  multipart: 6,
  'put version': 14,
  'delete with marker': 4,
  'remove version': 5,
} as const;

type Kind = keyof typeof WEIGHTS;

/** Racing writers of one key may be told so; nothing else is refused here. */
const RACE = 'PathConflict';

export class Writer {
  readonly #world: World;
  readonly #client: CosClient;
  readonly #random: Random;
  readonly #name: string;

  constructor(world: World, client: CosClient, random: Random, number: number) {
    this.#world = world;
    this.#client = client;
    this.#random = random;
    this.#name = `w${number}`;
  }

  /** Resolves when the server is gone, or after `most` changes. */
  async run(most = Number.POSITIVE_INFINITY): Promise<void> {
    try {
      for (let count = 0; count < most; count++) await this.#step(this.#random.weighted(WEIGHTS));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  #step(kind: Kind): Promise<void> {
    const random = this.#random;
    const own = `${this.#name}/k${random.between(1, KEYS)}`;
    const shared = `shared/k${random.between(1, KEYS)}`;
    switch (kind) {
      case 'put small':
        return this.#put(kind, own, this.#piece(random.pick([0, 100, 4 * KIB, 64 * KIB, MIB])));
      case 'put large':
        return this.#put(kind, own, this.#largePiece());
      case 'put shared':
        return this.#put(kind, shared, this.#piece(random.pick([100, 64 * KIB, MIB + 1])));
      case 'delete':
        return this.#delete(kind, own);
      case 'delete shared':
        return this.#delete(kind, shared);
      case 'delete several':
        return this.#deleteSeveral(kind);
      case 'append':
        return this.#append(kind, `${this.#name}/a${random.between(1, 3)}`);
      case 'copy':
        return this.#copy(kind, own);
      case 'multipart':
        return this.#multipart(kind, own);
      case 'put version':
        return this.#putVersion(kind);
      case 'delete with marker':
        return this.#deleteWithMarker(kind);
      case 'remove version':
        return this.#removeVersion(kind);
    }
  }

  #piece(most: number): Piece {
    return this.#world.newPiece(this.#random.between(most >> 1, most));
  }

  #largePiece(): Piece {
    return this.#world.newPiece(this.#random.between(MIB + 1, LONGEST_PIECE));
  }

  /** @returns whether the change was made @throws Interrupted */
  async #change(kind: string, value: Content, key: string, ask: Ask): Promise<Answer | undefined> {
    const register = this.#world.register(key);
    const change: Change = register.begin(value);
    const answer = await this.#client.ask(ask);
    if (!this.#accepted(kind, answer, key)) {
      register.refuse(change);
      return undefined;
    }
    register.acknowledge(change);
    this.#world.acknowledged(kind);
    return answer;
  }

  /**
   * Whether the server did it; counts an answer that should not be.
   * @throws Interrupted when the answer leaves open what was done
   */
  #accepted(kind: string, { status, body }: Answer, key: string): boolean {
    const [code] = texts(body, 'Code');
    if ((status === 200 || status === 204) && code === undefined) return true;
    if (status !== 409 || code !== RACE) this.#world.report('unexpected', `${kind} ${key}: ${status} ${code}`);
    if (status === 409) return false;
    throw new Interrupted(`${status} ${code}`);
  }

  async #put(kind: string, key: string, piece: Piece): Promise<void> {
    await this.#change(kind, [piece], key, { method: 'PUT', bucket: PLAIN, key, body: bytesOfPiece(piece) });
  }

  async #delete(kind: string, key: string): Promise<void> {
    await this.#change(kind, undefined, key, { method: 'DELETE', bucket: PLAIN, key });
  }

  async #deleteSeveral(kind: string): Promise<void> {
    const names = [1, 2, 3].map((at) => `${this.#name}/k${((this.#random.between(1, KEYS) + at) % KEYS) + 1}`);
    const keys = [...new Set(names)];
    const changes = keys.map((key) => [this.#world.register(key), this.#world.register(key).begin(undefined)] as const);
    const objects = keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('');
    const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects}</Delete>`);
    const digest = createHash('md5').update(body).digest('base64');
    const headers = { 'Content-MD5': digest, 'Content-Type': 'application/xml' };
    const answer = await this.#client.ask({
      method: 'POST',
      bucket: PLAIN,
      params: { delete: '' },
      headers,
      body,
    });
    if (!this.#accepted(kind, answer, keys.join())) return;
    for (const [register, change] of changes) register.acknowledge(change);
    this.#world.acknowledged(kind);
  }

  async #append(kind: string, key: string): Promise<void> {
    const before = this.#world.register(key).settled ?? [];
    const position = lengthOf(before);
    if (position > APPENDED_MOST) {
      await this.#delete(kind, key);
      return;
    }
    const piece = this.#piece(this.#random.pick([100, 64 * KIB, MIB + 1000]));
    await this.#change(kind, [...before, piece], key, {
      method: 'POST',
      bucket: PLAIN,
      key,
      params: { append: '', position: String(position) },
      body: bytesOfPiece(piece),
    });
  }

  async #copy(kind: string, key: string): Promise<void> {
    const sources: [string, readonly Piece[]][] = [];
    for (let number = 1; number <= KEYS; number++) {
      const from = `${this.#name}/k${number}`;
      const content = this.#world.register(from).settled;
      if (content !== undefined && from !== key) sources.push([from, content]);
    }
    if (sources.length === 0) return;
    const [from, content] = this.#random.pick(sources);
    const headers = { 'x-cos-copy-source': `${hostOf(PLAIN)}/${from}` };
    await this.#change(kind, content, key, { method: 'PUT', bucket: PLAIN, key, headers });
  }

  async #multipart(kind: string, key: string): Promise<void> {
    const begun = await this.#client.ask({ method: 'POST', bucket: PLAIN, key, params: { uploads: '' } });
    const [id] = texts(begun.body, 'UploadId');
    if (!this.#accepted(kind, begun, key) || id === undefined) return;
    const upload: Upload = { id, key, parts: new Map() };
    this.#world.uploads.set(id, upload);
    const last = this.#random.between(1, 4);
    for (let number = 1; number <= last; number++) {
      const piece = this.#world.newPiece(MIB + this.#random.between(0, number === last ? 10 : MIB));
      const answer = await this.#client.ask({
        method: 'PUT',
        bucket: PLAIN,
        key,
        params: { partNumber: String(number), uploadId: id },
        body: bytesOfPiece(piece),
      });
      if (!this.#accepted(kind, answer, key)) return;
      upload.parts.set(number, { piece, etag: String(answer.headers['etag']) });
      this.#world.acknowledged('part');
    }
    if (this.#random.next() < 0.15) await this.abort(upload);
    else await this.complete(upload);
  }

  /** @throws Interrupted */
  async complete(upload: Upload): Promise<void> {
    const { id, key } = upload;
    const parts = [...upload.parts].sort(([a], [b]) => a - b);
    const list = parts
      .map(([n, { etag }]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag></Part>`)
      .join('');
    upload.ending = 'complete';
    const done = await this.#change(
      'multipart',
      parts.map(([, { piece }]) => piece),
      key,
      {
        method: 'POST',
        bucket: PLAIN,
        key,
        params: { uploadId: id },
        headers: { 'Content-Type': 'application/xml' },
        body: Buffer.from(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`),
      },
    );
    if (done !== undefined) this.#world.uploads.delete(id);
  }

  /** @throws Interrupted */
  async abort(upload: Upload): Promise<void> {
    const { id, key } = upload;
    upload.ending = 'abort';
    const answer = await this.#client.ask({ method: 'DELETE', bucket: PLAIN, key, params: { uploadId: id } });
    if (!this.#accepted('abort', answer, key)) return;
    this.#world.uploads.delete(id);
    this.#world.acknowledged('abort');
  }

  #versionedKey() {
    return this.#world.versionedKey(`${this.#name}/v${this.#random.between(1, 4)}`);
  }

  async #putVersion(kind: string): Promise<void> {
    const piece = this.#piece(this.#random.pick([100, 32 * KIB, MIB + 1000]));
    const ask = { method: 'PUT', body: bytesOfPiece(piece) };
    await this.#newVersion(kind, [piece], ask);
  }

  async #deleteWithMarker(kind: string): Promise<void> {
    await this.#newVersion(kind, undefined, { method: 'DELETE' });
  }

  async #newVersion(kind: string, value: Content, ask: Pick<Ask, 'method' | 'body'>): Promise<void> {
    const key = this.#versionedKey();
    key.unresolved.push(value);
    const answer = await this.#client.ask({ ...ask, bucket: VERSIONED, key: key.name });
    const accepted = this.#accepted(kind, answer, key.name);
    key.unresolved.pop();
    if (!accepted) return;
    const id = answer.headers['x-cos-version-id'];
    if (typeof id !== 'string') {
      this.#world.report('unexpected', `${kind} ${key.name}: no version id`);
      return;
    }
    key.versions.push({ id, value, removing: false, compared: false });
    this.#world.acknowledged(kind);
  }

  async #removeVersion(kind: string): Promise<void> {
    const key = this.#versionedKey();
    if (key.versions.length === 0) return;
    const entry = this.#random.pick(key.versions);
    entry.removing = true;
    const params = { versionId: entry.id };
    const answer = await this.#client.ask({ method: 'DELETE', bucket: VERSIONED, key: key.name, params });
    if (!this.#accepted(kind, answer, key.name)) return;
    key.versions = key.versions.filter((other) => other !== entry);
    key.removed.add(entry.id);
    this.#world.acknowledged(kind);
  }
}
