/**
 * Temporary keys. They are kept nowhere: the token that goes with one says, sealed, what it stands for. Source:
 * spec/access.md §9.2, §9.3, §10.
 *
 * A temporary key is as good as those it comes from: when the permanent key at the beginning, or an identity on the
 * way, is disabled or deleted, it is gone. Its rights are those its identity has now, narrowed by its policy.
 */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AccessKey, KeyRing, Session, SignedIdentity } from './identity.ts';
import { compilePolicy, PolicyError } from './policy/parse.ts';
import type { Sealer } from './secrets.ts';
import { type Actor, openPayload, type SessionPayload, sealPayload } from './session/payload.ts';

/** The identities as they are now. */
export interface Identities extends Pick<KeyRing, 'find'> {
  /** Without key: `secretId` means nothing in it. @returns undefined when it is disabled or does not exist */
  identityOf(ownerUin: string, uin: string): SignedIdentity | undefined;
}

export interface SessionRequest {
  /** Who asks: the identity of a key that is valid now. */
  readonly issuer: SignedIdentity;
  /** Who the session acts as; default: the issuer. */
  readonly actor?: Actor;
  readonly name: string;
  /** JSON that `compilePolicy` takes for a session; undefined: all rights of the actor. */
  readonly policyText: string | undefined;
  /** seconds */
  readonly durationS: number;
}

export interface TemporaryKey {
  /** `[A-Za-z0-9_-]`, at most 4,096 characters. */
  readonly token: string;
  readonly secretId: string;
  readonly secretKey: string;
  /** ms since the epoch, of a whole second */
  readonly expiresMs: number;
}

export type SessionErrorCode = 'policy-too-long' | 'chain-too-long' | 'issuer-gone';

export class SessionError extends Error {
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode) {
    super(code);
    this.name = 'SessionError';
    this.code = code;
  }
}

/** bytes of UTF-8: a policy up to this length fits into a token if it deflates well enough … */
export const MAX_POLICY = 20 * 1024;
/** … and one up to this length always does. */
export const SURE_POLICY = 2_048;
/** Identities that ask for one another: without an end, a key of an hour could be prolonged for ever. */
export const MAX_CHAIN = 4;

/** Opened tokens that are kept, and bytes of them. */
const CACHE_TOKENS = 10_000;
const CACHE_BYTES = 16 * 1024 * 1024;
/** bytes: compiled, a policy takes some times its text */
const COMPILED_FACTOR = 8;
const FIXED_BYTES = 1_000;

/** A token that was opened: all of it that never changes, and the key as it was last given. */
interface Opened {
  readonly payload: SessionPayload;
  session: Session | undefined;
  /** Identity of the directory that `key` was made of. */
  source: SignedIdentity | undefined;
  key: AccessKey | undefined;
}

export interface SessionTokensOptions {
  readonly identities: Identities;
  readonly sealer: Sealer;
  readonly nowMs: () => number;
  readonly randomBytes?: (count: number) => Buffer;
}

export class SessionTokens {
  readonly #identities: Identities;
  readonly #sealer: Sealer;
  readonly #nowMs: () => number;
  readonly #randomBytes: (count: number) => Buffer;
  readonly #opened = new LRUCache<string, Opened>({ max: CACHE_TOKENS, maxSize: CACHE_BYTES });
  readonly #payloads = new WeakMap<Session, SessionPayload>();

  constructor({ identities, sealer, nowMs, randomBytes = systemRandomBytes }: SessionTokensOptions) {
    this.#identities = identities;
    this.#sealer = sealer;
    this.#nowMs = nowMs;
    this.#randomBytes = randomBytes;
  }

  /**
   * @throws SessionError `policy-too-long` when the token would not fit, `chain-too-long`, `issuer-gone` for a session
   *   that was not opened here
   */
  issue({ issuer, actor = issuer, name, policyText, durationS }: SessionRequest): TemporaryKey {
    if (policyText !== undefined && Buffer.byteLength(policyText) > MAX_POLICY) {
      throw new SessionError('policy-too-long');
    }
    const secretId = `AKID${this.#randomBytes(45).toString('base64url')}`;
    const secretKey = this.#randomBytes(24).toString('base64url');
    const expiresMs = (Math.floor(this.#nowMs() / 1000) + durationS) * 1000;
    const { originId, askers } = this.#chain(issuer);
    const payload = { secretKey, originId, askers, actor, name, policyText, expiresMs };
    const token = sealPayload(payload, secretId, this.#sealer);
    if (token === undefined) throw new SessionError('policy-too-long');
    return { token, secretId, secretKey, expiresMs };
  }

  /**
   * @returns also for a session that has expired; undefined for a token that is not of this SecretId, and where what it
   *   comes from is disabled or deleted
   */
  open(secretId: string, token: string): AccessKey | undefined {
    const id = `${secretId}.${token}`;
    const opened = this.#opened.get(id) ?? this.#read(id, secretId, token);
    if (opened === undefined) return undefined;
    const { payload } = opened;
    const { askers, actor, originId } = payload;
    if (this.#identities.find(originId)?.enabled !== true) return undefined;
    for (const asker of askers) {
      if (this.#identities.identityOf(asker.ownerUin, asker.uin) === undefined) return undefined;
    }
    const source = this.#identities.identityOf(actor.ownerUin, actor.uin);
    if (source === undefined) return undefined;
    if (opened.key !== undefined && opened.source === source) return opened.key;
    return this.#renew(opened, secretId, source);
  }

  /** Who asked for the session of a key that was opened here. @returns undefined for other keys */
  askerOf(identity: SignedIdentity): Actor | undefined {
    return identity.session === undefined ? undefined : this.#payloads.get(identity.session)?.askers.at(-1);
  }

  /** The policy of such a session as it was given. */
  policyTextOf(identity: SignedIdentity): string | undefined {
    return identity.session === undefined ? undefined : this.#payloads.get(identity.session)?.policyText;
  }

  #chain(issuer: SignedIdentity): Pick<SessionPayload, 'originId' | 'askers'> {
    const self = { ownerUin: issuer.ownerUin, uin: issuer.uin };
    if (issuer.session === undefined) return { originId: issuer.secretId, askers: [self] };
    const before = this.#payloads.get(issuer.session);
    if (before === undefined) throw new SessionError('issuer-gone');
    if (before.askers.length >= MAX_CHAIN) throw new SessionError('chain-too-long');
    return { originId: before.originId, askers: [...before.askers, self] };
  }

  #read(id: string, secretId: string, token: string): Opened | undefined {
    const payload = openPayload(token, secretId, this.#sealer);
    if (payload === undefined) return undefined;
    const opened: Opened = { payload, session: undefined, source: undefined, key: undefined };
    const size = FIXED_BYTES + id.length + (payload.policyText?.length ?? 0) * COMPILED_FACTOR;
    this.#opened.set(id, opened, { size });
    return opened;
  }

  #renew(opened: Opened, secretId: string, source: SignedIdentity): AccessKey | undefined {
    try {
      opened.session ??= this.#sessionOf(opened.payload, source);
    } catch (error) {
      // Of another release, whose policies had another form.
      if (error instanceof PolicyError) return undefined;
      throw error;
    }
    opened.source = source;
    const identity: SignedIdentity = { ...source, secretId, session: opened.session };
    opened.key = { secretId, secretKey: opened.payload.secretKey, enabled: true, identity };
    return opened.key;
  }

  #sessionOf(payload: SessionPayload, { appid, ownerUin }: SignedIdentity): Session {
    const { name, policyText, expiresMs } = payload;
    const policy =
      policyText === undefined
        ? undefined
        : compilePolicy(policyText, { use: 'session', label: 'session policy', ownerAppid: appid, ownerUin });
    const session: Session = { name, policy, expiresMs };
    this.#payloads.set(session, payload);
    return session;
  }
}
