/**
 * The latest refused requests. Those about identity and rights stand apart from all others, so that a thousand missing
 * keys do not push the one wrong signature out.
 *
 * What explains a wrong signature needs the whole request, secrets included: it is kept sealed with a key that exists
 * in the memory of this process alone and is opened for the inference only.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SignedIdentity } from '../../access/identity.ts';
import type { WireRequest } from '../../http/types.ts';
import { Recent } from '../../platform/recent.ts';
import type { AccessNote } from '../access-note.ts';
import type { ResolvedError } from '../errors.ts';
import { claimedSecretId } from '../signature/claimed-key.ts';
import type { ReceivedHead, RefusedRequest } from './refused-request.ts';
import { hideQuery } from './secret-names.ts';

/** Characters of one text. */
const MAX_TEXT = 1_024;
/** Characters of a head that is kept for the inference. */
const MAX_HEAD = 12 * 1_024;
/** bytes an entry takes besides its texts */
const FIXED_BYTES = 600;
/** bytes of all entries of one kind together, for each that may be kept */
const MEAN_BYTES = 6 * 1_024;
const NONCE = 12;
const TAG = 16;

export class Refusals {
  /** Whose answer was 401 or 403. */
  readonly #denied: Recent<RefusedRequest>;
  readonly #others: Recent<RefusedRequest>;
  readonly #key = randomBytes(32);

  /** @param requests of each kind */
  constructor(requests: number) {
    const limits = { entries: requests, bytes: requests * MEAN_BYTES };
    this.#denied = new Recent(limits);
    this.#others = new Recent(limits);
  }

  add(wire: WireRequest, note: AccessNote, error: ResolvedError, nowMs: number): void {
    const denied = error.status === 403 || error.status === 401;
    const sealed = denied ? this.#seal(wire) : undefined;
    const entry = entryOf(wire, note, error, nowMs, sealed);
    const texts = entry.path.length + entry.query.length + (entry.key?.length ?? 0) + entry.message.length;
    const bytes = FIXED_BYTES + 2 * texts + (sealed?.length ?? 0);
    (denied ? this.#denied : this.#others).add(wire.requestId, entry, bytes);
  }

  get(requestId: string): RefusedRequest | undefined {
    return this.#denied.get(requestId) ?? this.#others.get(requestId);
  }

  /** The newest first. @param all also those that have nothing to do with identity and rights */
  latest(count: number, all: boolean): RefusedRequest[] {
    const denied = this.#denied.latest(count);
    if (!all) return denied;
    return [...denied, ...this.#others.latest(count)].sort((a, b) => b.timeMs - a.timeMs).slice(0, count);
  }

  /** The head as it was received. Secret: for the inference, never for an answer. */
  head({ sealed }: RefusedRequest): ReceivedHead | undefined {
    if (sealed === undefined) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, NONCE));
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    const text = Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as ReceivedHead;
  }

  #seal({ rawPath, rawQuery, rawHeaders }: WireRequest): Buffer | undefined {
    let length = rawPath.length + rawQuery.length;
    for (const text of rawHeaders) length += text.length;
    if (length > MAX_HEAD) return undefined;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const head: ReceivedHead = { rawPath, rawQuery, headers: rawHeaders };
    const sealed = Buffer.concat([cipher.update(JSON.stringify(head), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }
}

function entryOf(
  wire: WireRequest,
  note: AccessNote,
  { status, code, message }: ResolvedError,
  timeMs: number,
  sealed: Buffer | undefined,
): RefusedRequest {
  const { identity } = note;
  return {
    requestId: wire.requestId,
    timeMs,
    remote: wire.remoteAddress,
    secure: wire.secure,
    method: cut(wire.method),
    host: cut(wire.host),
    path: cut(wire.rawPath),
    query: cut(hideQuery(wire.rawQuery)),
    operation: note.operation,
    bucket: note.bucket,
    key: note.key === undefined ? undefined : cut(note.key),
    status,
    code,
    message: cut(message),
    rule: note.rule,
    identity: identity === undefined ? undefined : partOf(identity),
    secretId: note.secretId ?? (status === 403 ? claimed(wire) : undefined),
    session: identity?.session?.name,
    sealed,
  };
}

function partOf({ kind, appid, ownerUin, uin, name }: SignedIdentity): NonNullable<RefusedRequest['identity']> {
  return { kind, appid, ownerUin, uin, name };
}

function claimed(wire: WireRequest): string | undefined {
  try {
    return claimedSecretId(wire);
  } catch {
    return undefined;
  }
}

/** A copy: a slice would hold on to the whole text. */
function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${Buffer.from(text.slice(0, MAX_TEXT)).toString()}…`;
}
