/** Reads the frames of a snapshot and trusts nothing: what is cut, damaged or of others is refused where it begins. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { crc32 } from '../../platform/hash/crc32.ts';
import { ByteSource } from './byte-source.ts';
import {
  CRC_BYTES,
  DEFLATED,
  decodeFrameHead,
  END,
  FORMAT,
  FRAME_BYTES,
  FRAME_HEAD_BYTES,
  frameHolds,
  headerBytes,
  MAGIC,
  type SnapshotCounts,
  type SnapshotHeader,
  START_BYTES,
} from './format.ts';
import { SnapshotError } from './snapshot-error.ts';

const inflate = promisify(inflateRaw);

export class FrameReader {
  readonly #source: ByteSource;
  readonly #digest = createHash('sha256');
  #counts: SnapshotCounts | undefined;

  constructor(file: AsyncIterable<Buffer>) {
    this.#source = new ByteSource(file);
  }

  /** Bytes of the file that were read. */
  get offset(): number {
    return this.#source.offset;
  }

  /** What the end of the file says; undefined before it was read. */
  get counts(): SnapshotCounts | undefined {
    return this.#counts;
  }

  /** To be called first, once. @throws SnapshotError */
  async header(): Promise<SnapshotHeader> {
    const start = await this.#source.read(START_BYTES);
    const isOurs = start.subarray(0, MAGIC.length).equals(MAGIC.subarray(0, start.length));
    if (!isOurs || start.length === 0) {
      throw new SnapshotError('this is no snapshot of Cosette: name a file that `cosette snapshot save` wrote');
    }
    if (start.length < START_BYTES) throw this.#cut(start.length);
    const format = start.readUInt16BE(MAGIC.length);
    if (format !== FORMAT) {
      throw new SnapshotError(
        `the snapshot has format ${format}, and this version of cosette reads format ${FORMAT}: use the version that wrote it, or a later one`,
      );
    }
    const length = headerBytes(start);
    if (length === undefined) throw damaged(0);
    const rest = await this.#source.read(length + CRC_BYTES);
    if (rest.length < length + CRC_BYTES) throw this.#cut(this.#source.offset);
    const json = rest.subarray(0, length);
    if (crc32(json, crc32(start)) !== rest.readUInt32BE(length)) throw damaged(0);
    this.#digest.update(start).update(rest);
    return JSON.parse(json.toString()) as SnapshotHeader;
  }

  /** The frames behind the header, unpacked, up to and with the end of the file. @throws SnapshotError */
  async *frames(): AsyncGenerator<Buffer> {
    for await (const { kind, stored, rawBytes, at } of this.#stored()) {
      const raw = kind === DEFLATED ? await unpacked(stored, at) : stored;
      if (raw.length !== rawBytes) throw damaged(at);
      yield raw;
    }
  }

  /** As `frames`, for who only wants to know that all is there. @returns when it is @throws SnapshotError */
  async verify(): Promise<void> {
    for await (const _ of this.#stored());
  }

  /** Gives the file up. */
  cancel(): Promise<void> {
    return this.#source.cancel();
  }

  async *#stored() {
    const source = this.#source;
    for (;;) {
      const at = source.offset;
      const head = await source.read(FRAME_HEAD_BYTES);
      if (head.length < FRAME_HEAD_BYTES) throw this.#cut(source.offset);
      const frame = decodeFrameHead(head);
      if (frame === undefined) throw damaged(at);
      const stored = await source.read(frame.storedBytes);
      if (stored.length < frame.storedBytes) throw this.#cut(source.offset);
      if (!frameHolds(head, stored)) throw damaged(at);
      if (frame.kind === END) {
        await this.#end(stored, at);
        return;
      }
      this.#digest.update(head).update(stored);
      yield { kind: frame.kind, stored, rawBytes: frame.rawBytes, at };
    }
  }

  async #end(stored: Buffer, at: number): Promise<void> {
    const { sha256, ...counts } = JSON.parse(stored.toString()) as SnapshotCounts & { sha256: string };
    if (sha256 !== this.#digest.digest('hex')) {
      throw new SnapshotError(
        `the snapshot is damaged before byte ${at}: its parts are whole but not those that were written. Use another copy of it`,
      );
    }
    const end = this.#source.offset;
    if ((await this.#source.some(1)) !== undefined) {
      throw new SnapshotError(`there is more behind the end of the snapshot at byte ${end}: use another copy of it`);
    }
    this.#counts = counts;
  }

  #cut(at: number): SnapshotError {
    return new SnapshotError(
      `the snapshot ends at byte ${at}, before its end: it was not written or copied as a whole. Copy it again, or make a new one`,
    );
  }
}

function damaged(at: number): SnapshotError {
  return new SnapshotError(`the snapshot is damaged at byte ${at}: use another copy of it`);
}

async function unpacked(stored: Buffer, at: number): Promise<Buffer> {
  try {
    return (await inflate(stored, { maxOutputLength: FRAME_BYTES })) as Buffer;
  } catch {
    throw damaged(at);
  }
}
