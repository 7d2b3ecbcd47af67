import type { BlobWriter, StagedBlob } from '../blob-store.ts';
import { StoreError } from '../store.ts';
import { diskError } from './errors.ts';
import type { LargeFiles, OpenFile } from './large-files.ts';
import { LocalStaged } from './staged.ts';

/** A body of any size: held in memory up to the stage limit, beyond in a file. */
export class LocalWriter implements BlobWriter {
  readonly #files: LargeFiles;
  readonly #owner: object;
  readonly #limit: number;
  #memory: Buffer | undefined;
  #file: OpenFile | undefined;
  #size = 0;
  #state: 'open' | 'finished' | 'aborted' = 'open';
  #staged: LocalStaged | undefined;

  /** @param limit bytes held in memory */
  constructor(files: LargeFiles, owner: object, limit: number) {
    this.#files = files;
    this.#owner = owner;
    this.#limit = limit;
  }

  /** Opens the file at once, for a body that is known to be large. */
  async openFile(): Promise<void> {
    this.#file = await this.#files.create();
  }

  write(chunk: Buffer): void | Promise<void> {
    this.#assertOpen();
    const size = this.#size + chunk.length;
    if (this.#file === undefined && size <= this.#limit) {
      this.#remember(chunk, size);
      this.#size = size;
      return;
    }
    return this.#writeFile(chunk);
  }

  async finish(): Promise<StagedBlob> {
    this.#assertOpen();
    this.#state = 'finished';
    if (this.#file === undefined) {
      const body = (this.#memory ?? Buffer.alloc(0)).subarray(0, this.#size);
      this.#memory = undefined;
      this.#staged = new LocalStaged(this.#owner, this.#size, body);
      return this.#staged;
    }
    await this.#files.finish(this.#file);
    // Aborted meanwhile.
    if ((this.#state as string) === 'aborted') throw new StoreError('misuse', 'The writer was aborted');
    this.#staged = new LocalStaged(this.#owner, this.#size, undefined, this.#file.ref(this.#size));
    return this.#staged;
  }

  async abort(): Promise<void> {
    if (this.#state === 'aborted') return;
    const finished = this.#state === 'finished';
    if (this.#staged !== undefined) {
      if (this.#staged.state !== 'staged') return;
      this.#staged.state = 'discarded';
    }
    this.#state = 'aborted';
    this.#memory = undefined;
    if (this.#file === undefined) return;
    if (!finished) await this.#file.file.close().catch(() => undefined);
    await this.#files.discard(this.#file.id);
  }

  async #writeFile(chunk: Buffer): Promise<void> {
    if (this.#file === undefined) {
      this.#file = await this.#files.create();
      if (this.#memory !== undefined) await this.#append(this.#memory.subarray(0, this.#size), 0);
      this.#memory = undefined;
    }
    await this.#append(chunk, this.#size);
    this.#size += chunk.length;
  }

  async #append(bytes: Buffer, position: number): Promise<void> {
    try {
      await this.#file!.file.write([bytes], position);
    } catch (error) {
      throw diskError(error, 'A body cannot be written');
    }
  }

  #remember(chunk: Buffer, size: number): void {
    if (this.#memory === undefined || this.#memory.length < size) {
      const memory = Buffer.allocUnsafeSlow(Math.min(this.#limit, Math.max(2 * size, 4_096)));
      this.#memory?.copy(memory, 0, 0, this.#size);
      this.#memory = memory;
    }
    chunk.copy(this.#memory, this.#size);
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw new StoreError('misuse', `The writer is ${this.#state}`);
  }
}
