/**
 * What a session token says, and its text: version, deflated JSON, sealed together with the SecretId it goes with, in
 * URL-safe base64. Source: spec/access.md §9.3.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Sealer } from '../secrets.ts';

/** An identity by its account and its own number. */
export interface Actor {
  readonly ownerUin: string;
  /** UIN of a root or sub-user, id of a role. */
  readonly uin: string;
}

export interface SessionPayload {
  readonly secretKey: string;
  /** SecretId of the permanent key at the beginning of the chain. */
  readonly originId: string;
  /** Who asked, from the owner of that key on; the last one asked for this session. */
  readonly askers: readonly Actor[];
  /** Who the session acts as. */
  readonly actor: Actor;
  readonly name: string;
  readonly policyText: string | undefined;
  /** ms since the epoch */
  readonly expiresMs: number;
}

/** Characters of a token. Source: spec/access.md §9.3. */
export const MAX_TOKEN = 4_096;

const VERSION = 1;
/** bytes of JSON a token may hold: 20 KiB of policy, each character escaped, and the rest */
const MAX_JSON = 64 * 1024;

/** @returns undefined when it does not fit in MAX_TOKEN characters */
export function sealPayload(payload: SessionPayload, secretId: string, sealer: Sealer): string | undefined {
  const { secretKey, originId, askers, actor, name, policyText, expiresMs } = payload;
  const pairs = [...askers, actor].map(({ ownerUin, uin }) => [ownerUin, uin]);
  const json = Buffer.from(JSON.stringify([secretKey, originId, pairs, name, policyText ?? null, expiresMs]));
  if (json.length > MAX_JSON) return undefined;
  const plain = Buffer.concat([Buffer.of(VERSION), deflateRawSync(json, { level: 9 })]);
  const token = sealer.seal(plain, Buffer.from(secretId)).toString('base64url');
  return token.length > MAX_TOKEN ? undefined : token;
}

/** @returns undefined for what was not sealed here for this SecretId */
export function openPayload(token: string, secretId: string, sealer: Sealer): SessionPayload | undefined {
  if (token.length > MAX_TOKEN) return undefined;
  const sealed = Buffer.from(token, 'base64url');
  // Base64 has several spellings of the same bytes; a token has one.
  if (sealed.toString('base64url') !== token) return undefined;
  const plain = sealer.open(sealed, Buffer.from(secretId));
  if (plain === undefined || plain[0] !== VERSION) return undefined;
  // Only this program seals, so what opens is well-formed; the bound is for a program that seals more one day.
  const json = inflateRawSync(plain.subarray(1), { maxOutputLength: MAX_JSON }).toString();
  const [secretKey, originId, pairs, name, policyText, expiresMs] = JSON.parse(json) as [
    string,
    string,
    [string, string][],
    string,
    string | null,
    number,
  ];
  const actors = pairs.map(([ownerUin, uin]) => ({ ownerUin, uin }));
  return {
    secretKey,
    originId,
    askers: actors.slice(0, -1),
    actor: actors.at(-1)!,
    name,
    policyText: policyText ?? undefined,
    expiresMs,
  };
}
