/** The state of the reference: a bucket as spec/objects.md §3 and §11 describe it, and nothing cleverer. */
import type { Answer } from '../answer.ts';
import { type Text, Token } from '../names.ts';
import { crcText } from './digests.ts';

export type Versioning = 'unset' | 'enabled' | 'suspended';

/** What a write says of the object beside its bytes. */
export interface Attributes {
  readonly contentType: string;
  /** x-cos-meta-note */
  readonly note: string | undefined;
  readonly storageClass: string;
}

export interface Version extends Attributes {
  /** A token, or `null`. */
  readonly id: Text;
  readonly kind: 'normal' | 'appendable' | 'marker';
  readonly body: Buffer;
  /** In quotes. */
  readonly etag: Text;
  readonly modifiedMs: number;
  /** Versions are newer the higher this is. */
  readonly order: number;
  /** Of an appendable object. */
  readonly appends: number;
}

export interface Part {
  readonly number: number;
  readonly body: Buffer;
  readonly modifiedMs: number;
}

export interface Upload extends Attributes {
  readonly id: Token;
  readonly key: string;
  readonly initiatedMs: number;
  readonly parts: Map<number, Part>;
}

/** A Complete that succeeded: the same list gets the same answer for a while. */
export interface Finished {
  readonly key: string;
  readonly list: string;
  readonly answer: Answer;
  readonly untilMs: number;
}

/** Status of each error by profile (docs/compatibility.md); one number: the same in both. */
const STATUS: Readonly<Record<string, number | readonly [seed: number, current: number]>> = {
  AppendPositionErr: [400, 409],
  BucketNotEmpty: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  FileAlreadyExists: 409,
  InvalidArgument: 400,
  InvalidBucketState: 409,
  InvalidDelimiter: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  ListPartUploadIdIsEmpty: 400,
  NoSuchCopySource: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchVersion: [400, 404],
  ObjectNotAppendable: [400, 409],
  PreconditionFailed: 412,
};

/** The request is refused; nothing has been changed. */
export class Refusal {
  readonly code: string;
  readonly headers: Readonly<Record<string, Text>>;

  constructor(code: string, headers: Readonly<Record<string, Text>> = {}) {
    this.code = code;
    this.headers = headers;
  }
}

export class ReferenceBucket {
  readonly profile: 'seed' | 'current';
  nowMs = 0;
  versioning: Versioning = 'unset';
  /** Newest first; no empty lists. */
  readonly objects = new Map<string, readonly Version[]>();
  /** Oldest first. */
  uploads: readonly Upload[] = [];
  readonly finished = new Map<Token, Finished>();
  /** Every version id and every upload there ever was, with its key. */
  readonly issued: { readonly key: string; readonly id: Token }[] = [];
  readonly initiated: { readonly key: string; readonly id: Token }[] = [];
  #order: number;

  /** @param before the bucket that was deleted: tokens go on behind its */
  constructor(profile: 'seed' | 'current', before?: ReferenceBucket) {
    this.profile = profile;
    this.#order = before === undefined ? 0 : before.#order;
  }

  token(kind: Token['kind'], form: RegExp, before?: Text): Token {
    this.#order += 1;
    return new Token(kind, this.#order, form, before);
  }

  versionsOf(key: string): readonly Version[] {
    return this.objects.get(key) ?? [];
  }

  setVersions(key: string, versions: readonly Version[]): void {
    if (versions.length === 0) this.objects.delete(key);
    else this.objects.set(key, versions);
  }

  /** The newest version, unless that is a delete marker. */
  current(key: string): Version | undefined {
    const [newest] = this.versionsOf(key);
    return newest?.kind === 'marker' ? undefined : newest;
  }

  /** Puts a version in front by the rules of the bucket's versioning (spec/objects.md §3, first table). */
  add(key: string, version: Omit<Version, 'id' | 'order' | 'modifiedMs'>): Version {
    const token = this.token('version', /^[A-Za-z0-9]{10,}$/);
    const id = this.versioning === 'enabled' ? token : 'null';
    if (id === token) this.issued.push({ key, id: token });
    const added = { ...version, id, order: token.order, modifiedMs: this.nowMs };
    const kept = this.versionsOf(key).filter((older) => id !== 'null' || older.id !== 'null');
    this.setVersions(key, [added, ...kept]);
    return added;
  }

  /** Runs one operation. */
  answer(method: string, work: () => Answer): Answer {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, headers } = error;
      const status = STATUS[code];
      if (status === undefined) throw new Error(`no status for ${code}`);
      return {
        status: typeof status === 'number' ? status : status[this.profile === 'seed' ? 0 : 1]!,
        headers,
        ...(method === 'HEAD' ? {} : { code }),
      };
    }
  }
}

/** Headers of an answer to an upload of bytes. */
export function uploadHeaders(etag: Text, body: Buffer): Record<string, Text> {
  return { etag, 'x-cos-hash-crc64ecma': crcText(body) };
}

/** `YYYY-MM-DDTHH:MM:SS` of whole seconds. */
export function isoSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19);
}
