import type { BlobHandle, BlobRef, BlobStore, BlobUsage, BlobWriter, StagedBlob } from '../blob-store.ts';
import type { MaybePromise } from '../meta-store.ts';
import { StoreError } from '../store.ts';
import { LocalWriter } from './blob-writer.ts';
import type { BodyReader } from './body-reader.ts';
import type { IndexState } from './index-state.ts';
import type { LargeFiles } from './large-files.ts';
import type { LogQueue } from './log-queue.ts';
import { FREE_BYTES, RECORD_BYTES } from './record.ts';
import { decodeRef, type FileRef, IN_FILE, type LogRef } from './ref.ts';
import { LocalStaged, ownBlob } from './staged.ts';

/** References freed by one record. */
const BATCH = 1_000;

export interface LocalBlobsParts {
  readonly queue: LogQueue;
  readonly index: IndexState;
  readonly files: LargeFiles;
  readonly bodies: BodyReader;
  /** bytes */
  readonly stageLimit: number;
  readonly assertOpen: () => void;
}

export class LocalBlobs implements BlobStore {
  readonly stageLimit: number;
  readonly #parts: LocalBlobsParts;

  constructor(parts: LocalBlobsParts) {
    this.#parts = parts;
    this.stageLimit = parts.stageLimit;
  }

  stage(body: Buffer): StagedBlob {
    this.#parts.assertOpen();
    if (body.length > this.stageLimit) {
      throw new StoreError('misuse', `stage takes at most ${this.stageLimit} bytes, not ${body.length}`);
    }
    return new LocalStaged(this, body.length, body);
  }

  async create(sizeHint?: number): Promise<BlobWriter> {
    this.#parts.assertOpen();
    const writer = new LocalWriter(this.#parts.files, this, this.stageLimit);
    if (sizeHint !== undefined && sizeHint > this.stageLimit) await writer.openFile();
    return writer;
  }

  async discard(blob: StagedBlob): Promise<void> {
    const own = ownBlob(blob, this);
    if (own.state !== 'staged') return;
    own.state = 'discarded';
    if (own.fileRef !== undefined) await this.#parts.files.discard((decodeRef(own.fileRef) as FileRef).id);
  }

  load(ref: BlobRef): MaybePromise<Buffer> {
    this.#parts.assertOpen();
    const decoded = decodedRef(ref);
    if (decoded.size > this.stageLimit) throw new StoreError('misuse', 'The body is larger than the stage limit');
    return decoded.kind === IN_FILE ? this.#loadFile(ref) : this.#parts.bodies.load(ref, decoded);
  }

  open(ref: BlobRef): MaybePromise<BlobHandle> {
    this.#parts.assertOpen();
    const decoded = decodedRef(ref);
    return decoded.kind === IN_FILE ? this.#parts.files.open(ref) : this.#parts.bodies.open(ref, decoded);
  }

  async delete(refs: readonly BlobRef[]): Promise<void> {
    this.#parts.assertOpen();
    const known: BlobRef[] = [];
    const files: BlobRef[] = [];
    for (const ref of refs) {
      const decoded = decodeRef(ref);
      if (decoded === undefined) continue;
      // The caller's buffer may change while we wait.
      const own: BlobRef = Buffer.from(ref);
      known.push(own);
      if (decoded.kind === IN_FILE) files.push(own);
    }
    if (files.length > 0) await this.#parts.files.remove(files);
    for (let at = 0; at < known.length; at += BATCH) await this.#free(known.slice(at, at + BATCH));
  }

  async usage(): Promise<BlobUsage> {
    this.#parts.assertOpen();
    const { index, files } = this.#parts;
    let orphans = 0;
    for (const id of await files.unowned()) {
      this.#parts.assertOpen();
      if (!index.hasFile(Buffer.from(id, 'hex'))) orphans += 1;
    }
    const { liveBlobs, liveBytes } = index.totals;
    let deadBytes = 0;
    for (const { dead } of index.stats.values()) deadBytes += dead;
    return { liveBlobs, liveBytes, deadBytes, orphans };
  }

  /** Called when a commit has made a staged blob durable. */
  attached(blob: LocalStaged, ref: BlobRef): void {
    if (blob.fileRef !== undefined) this.#parts.files.attached(blob.fileRef);
    else this.#parts.bodies.remember(ref, blob.body!);
  }

  async #free(refs: readonly BlobRef[]): Promise<void> {
    const { queue, bodies } = this.#parts;
    for (let wait = queue.room(); wait !== undefined; wait = queue.room()) await wait;
    let headBytes = RECORD_BYTES;
    const live: { ref: BlobRef; since: number }[] = [];
    for (const ref of refs) {
      const since = this.#since(ref);
      if (since === undefined) continue;
      live.push({ ref, since });
      headBytes += FREE_BYTES + ref.length;
    }
    if (live.length === 0) return;
    const record = queue.begin(headBytes, 0);
    for (const { ref, since } of live) {
      record.free(ref, since, record.segment);
      queue.setFreeing(ref, record.group);
    }
    record.end();
    record.group.applied.push(() => {
      for (const { ref } of live) bodies.forget(ref);
    });
    await queue.added(record);
  }

  /** First segment that may tell of a blob; undefined when it is gone already. */
  #since(ref: BlobRef): number | undefined {
    const { index } = this.#parts;
    if (ref[0] === IN_FILE) return index.file(ref)?.since;
    if (index.isDead(ref)) return undefined;
    return index.locate(ref)?.segment;
  }

  async #loadFile(ref: BlobRef): Promise<Buffer> {
    const handle = await this.#parts.files.open(ref);
    try {
      const body = Buffer.allocUnsafeSlow(handle.size);
      await handle.read(0, body);
      return body;
    } finally {
      await handle.close();
    }
  }
}

function decodedRef(ref: BlobRef): LogRef | FileRef {
  const decoded = decodeRef(ref);
  if (decoded === undefined) throw new StoreError('missing', 'No body of that name');
  return decoded;
}
