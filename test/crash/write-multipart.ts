/** Multipart uploads in all buckets; what their Complete means for the key is the bucket's matter. */
import { type Ask, hostOf, texts } from './client.ts';
import { bytesOfPiece, lengthOf, type Piece } from './content.ts';
import { MIB, type Session } from './session.ts';
import { PLAIN, SUSPENDED, type Upload } from './world.ts';
import type { PlainWriter } from './write-plain.ts';
import type { SuspendedWriter } from './write-suspended.ts';
import type { VersionWriter } from './write-versions.ts';

const ABORT_SHARE = 0.15;
/** Of the parts, those that are copied from an object of the bucket without versioning. */
const COPY_SHARE = 0.4;

interface Writers {
  readonly plain: PlainWriter;
  readonly versions: VersionWriter;
  readonly suspended: SuspendedWriter;
}

export class MultipartWriter {
  readonly #session: Session;
  readonly #writers: Writers;

  constructor(session: Session, writers: Writers) {
    this.#session = session;
    this.#writers = writers;
  }

  async upload(kind: string, bucket: string, key: string): Promise<void> {
    const { world, client, random } = this.#session;
    const begun = await client.ask({ method: 'POST', bucket, key, params: { uploads: '' } });
    const [id] = texts(begun.body, 'UploadId');
    if (!this.#session.accepted(kind, begun, key) || id === undefined) return;
    const upload: Upload = { id, bucket, key, parts: new Map() };
    world.uploads.set(id, upload);
    const last = random.between(1, bucket === PLAIN ? 4 : 2);
    for (let number = 1; number <= last; number++) {
      if (!(await this.#part(upload, number, number === last))) return;
    }
    if (random.next() < ABORT_SHARE) await this.abort(upload);
    else await this.complete(upload);
  }

  /** @returns false when it was refused */
  async #part(upload: Upload, number: number, isLast: boolean): Promise<boolean> {
    const { world, client, random } = this.#session;
    const { id, bucket, key, parts } = upload;
    const ask = { method: 'PUT', bucket, key, params: { partNumber: String(number), uploadId: id } };
    // The last part is always new: no two uploads become the same object.
    const sources = this.#writers.plain.sources().filter(([, content]) => !isLast && lengthOf(content) >= MIB);
    if (sources.length > 0 && random.next() < COPY_SHARE) {
      const [from, pieces] = random.pick(sources);
      const answer = await client.ask({ ...ask, headers: { 'x-cos-copy-source': `${hostOf(PLAIN)}/${from}` } });
      if (!this.#session.accepted('part copy', answer, key)) return false;
      parts.set(number, { pieces, etag: texts(answer.body, 'ETag')[0]! });
      world.acknowledged('part copy');
      return true;
    }
    const piece = world.newPiece(MIB + random.between(0, isLast ? 10 : MIB));
    const answer = await client.ask({ ...ask, body: bytesOfPiece(piece) });
    if (!this.#session.accepted('part', answer, key)) return false;
    parts.set(number, { pieces: [piece], etag: String(answer.headers['etag']) });
    world.acknowledged('part');
    return true;
  }

  /** @throws Interrupted */
  async complete(upload: Upload): Promise<void> {
    const { id, bucket, key } = upload;
    const parts = [...upload.parts].sort(([a], [b]) => a - b);
    const list = parts
      .map(([n, { etag }]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag></Part>`)
      .join('');
    const ask: Ask = {
      method: 'POST',
      bucket,
      key,
      params: { uploadId: id },
      headers: { 'Content-Type': 'application/xml' },
      body: Buffer.from(`<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`),
    };
    upload.ending = 'complete';
    if (await this.#publish(upload, wholeOf(upload), ask)) this.#session.world.uploads.delete(id);
  }

  #publish({ bucket, key }: Upload, whole: readonly Piece[], ask: Ask): Promise<boolean> {
    if (bucket === PLAIN) return this.#session.change('multipart', whole, key, ask);
    const { suspended, versions } = this.#writers;
    if (bucket === SUSPENDED) return suspended.write('multipart null', key, whole, ask);
    return versions.write('multipart version', this.#session.world.versionedKey(key), whole, ask);
  }

  /** @throws Interrupted */
  async abort(upload: Upload): Promise<void> {
    const { world, client } = this.#session;
    const { id, bucket, key } = upload;
    upload.ending = 'abort';
    const answer = await client.ask({ method: 'DELETE', bucket, key, params: { uploadId: id } });
    if (!this.#session.accepted('abort', answer, key)) return;
    world.uploads.delete(id);
    world.acknowledged('abort');
  }
}

/** What the upload becomes when its parts are put together. */
export function wholeOf({ parts }: Upload): readonly Piece[] {
  return [...parts].sort(([a], [b]) => a - b).flatMap(([, { pieces }]) => pieces);
}
