/** What `cosette snapshot` does. */
import { resolve } from 'node:path';
import type { OnProgress } from '../features/snapshot/format.ts';
import { SnapshotError } from '../features/snapshot/snapshot-error.ts';
import { systemClock } from '../platform/clock.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { snapshotOfFolder } from '../server/snapshot/folder-source.ts';
import { restoreFolder } from '../server/snapshot/restore-folder.ts';
import { assertFree, readSnapshotFile, writeSnapshotFile } from '../server/snapshot/snapshot-file.ts';
import { StoreError } from '../store/store.ts';
import { endpointOf, streamAdmin } from './admin-client.ts';
import { bytesText, figuresText, Progress } from './snapshot-progress.ts';

export interface SaveOptions {
  readonly config: ServerConfig;
  /** Of a server that may not run; undefined: one that runs. */
  readonly folder: string | undefined;
  readonly readyFile: string | undefined;
  readonly force: boolean;
  readonly withKeys: boolean;
}

/** @throws SnapshotError, AdminClientError, StoreError; Node's own errors */
export async function saveAction(file: string, options: SaveOptions): Promise<string> {
  const path = resolve(file);
  // Before the work begins.
  await assertFree(path, options.force);
  const pieces = await piecesOf(options);
  const { counts, fileBytes } = await watched('saved', pieces, (watchedPieces, onProgress) =>
    writeSnapshotFile(path, watchedPieces, { force: options.force, onProgress }),
  );
  const keys = options.withKeys
    ? 'It holds secrets and key pairs: keep it as you keep those.\n'
    : 'It holds no secrets: what was encrypted with keys of the server cannot be read after a restore.\n';
  return `${path}: ${figuresText(counts)}, ${bytesText(fileBytes)} on disk\n${keys}`;
}

/** @throws SnapshotError, StoreError, KeyFileError; Node's own errors */
export async function restoreAction(file: string, dir: string, force: boolean): Promise<string> {
  const { counts, header } = await watched('restored', readSnapshotFile(resolve(file)), (pieces, onProgress) =>
    restoreFolder(pieces, dir, { force, clock: systemClock, onProgress }),
  );
  const taken = new Date(header.takenMs).toISOString();
  const keys = header.keys
    ? ''
    : 'The snapshot has no keys: the first account gets a new pair, all others need new ones, and objects that were encrypted with keys of the server cannot be read.\n';
  return `${resolve(dir)}: ${figuresText(counts)}, as of ${taken}\n${keys}`;
}

/** Shows how far the work is, and lets it be interrupted. */
async function watched<T>(
  verb: string,
  pieces: AsyncIterable<Buffer>,
  work: (pieces: AsyncIterable<Buffer>, onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const progress = new Progress(verb, process.stderr, systemClock);
  const interruption = new Interruption();
  try {
    return await work(interruption.in(pieces), progress.tell);
  } finally {
    interruption.end();
    progress.end();
  }
}

async function piecesOf({ config, folder, readyFile, withKeys }: SaveOptions): Promise<AsyncIterable<Buffer>> {
  if (folder !== undefined) {
    const pieces = snapshotOfFolder(resolve(folder), withKeys, systemClock);
    try {
      return ahead((await pieces.next()).value as Buffer, pieces);
    } catch (error) {
      // A server uses it, and can be asked.
      if (!(error instanceof StoreError) || error.kind !== 'locked') throw error;
    }
  }
  const endpoint = await endpointOf(config, readyFile);
  const query = { keys: String(withKeys) };
  const pieces = await streamAdmin(endpoint, { method: 'GET', path: ['snapshot'], query });
  return answered(pieces);
}

async function* ahead(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* answered(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    throw new SnapshotError(
      `the server broke off (${(error as Error).message}): its log says why. Nothing was left behind`,
    );
  }
}

/** SIGINT and SIGTERM end the work with an error, so that what was begun is cleaned up. A second one ends the process. */
class Interruption {
  #came = false;
  readonly #note = (): void => {
    this.#came = true;
  };

  constructor() {
    process.once('SIGINT', this.#note).once('SIGTERM', this.#note);
  }

  async *in(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      if (this.#came) throw new SnapshotError('interrupted: nothing was left behind');
      yield piece;
    }
  }

  end(): void {
    process.removeListener('SIGINT', this.#note).removeListener('SIGTERM', this.#note);
  }
}
