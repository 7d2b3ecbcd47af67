/** Keys that conditions may ask about. Source: spec/access.md §5.2. */
import type { PolicyRequest } from './types.ts';

/** A condition on any other key is never true. Those that no request has here (`qcs:vpc`, `qcs:mfa`) are absent. */
export const CONDITION_KEYS: ReadonlySet<string> = new Set([
  'qcs:ip',
  'qcs:vpc',
  'vpc:requester_vpc',
  'cos:secure-transport',
  'cos:tls-version',
  'cos:x-cos-storage-class',
  'cos:x-cos-acl',
  'cos:content-length',
  'cos:content-type',
  'cos:versionid',
  'cos:prefix',
  'cos:response-content-type',
  'qcs:request_tag',
  'qcs:resource_tag',
  'qcs:current_time',
  'qcs:uin',
  'qcs:owner_uin',
  'qcs:mfa',
]);

/** Values of query parameters, which policies write percent-encoded. */
export const ENCODED_KEYS: ReadonlySet<string> = new Set(['cos:prefix', 'cos:response-content-type', 'cos:versionid']);

/** @returns at least one value, or undefined where the request has none */
export function valuesOf(key: string, request: PolicyRequest): readonly string[] | undefined {
  const { identity, facts } = request;
  if (key === 'qcs:uin') return identity.kind === 'anonymous' ? undefined : [identity.uin];
  if (key === 'qcs:owner_uin') return identity.kind === 'anonymous' ? undefined : [identity.ownerUin];
  const values = facts.get(key);
  // An empty version id asks for the latest version, as none does.
  const given = key === 'cos:versionid' ? values?.filter((value) => value !== '') : values;
  return given === undefined || given.length === 0 ? undefined : given;
}

/** RFC 3986: all but letters, digits and `-._~`, over UTF-8. */
export function percentEncoded(text: string): string {
  // Through bytes, since a lone surrogate has no encoding of its own.
  return encodeURIComponent(Buffer.from(text).toString()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
