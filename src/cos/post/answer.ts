/** What a form upload says about its answer. Source: spec/objects.md §8.2, spec/protocol.md §15. */
import { encode } from '../signature/encode.ts';
import type { FieldsByName } from './fields.ts';

const STATUSES = [200, 201, 204] as const;
export type SuccessStatus = (typeof STATUSES)[number];

/** `success_action_status`; what it does not name is 204. */
export function successStatus(fields: FieldsByName): SuccessStatus {
  const text = fields.get('success_action_status')?.trim();
  return STATUSES.find((status) => String(status) === text) ?? 204;
}

/**
 * Where `success_action_redirect` sends the client; undefined without one, and where it is no address of the web.
 * @param bucket full name
 * @param etag hex, without quotes
 */
export function redirectUrl(fields: FieldsByName, bucket: string, key: string, etag: string): string | undefined {
  const given = fields.get('success_action_redirect')?.trim() ?? '';
  if (!/^https?:\/\//i.test(given) || !URL.canParse(given)) return undefined;
  // What is not plain ASCII cannot stand in a header.
  const address = /^[!-~]+$/.test(given) ? given : new URL(given).href;
  const hash = address.indexOf('#');
  const base = hash < 0 ? address : address.slice(0, hash);
  const query = `bucket=${encode(bucket)}&key=${encode(key)}&etag=%22${encode(etag)}%22`;
  return `${base}${joint(base)}${query}${hash < 0 ? '' : address.slice(hash)}`;
}

function joint(base: string): string {
  if (!base.includes('?')) return '?';
  return base.endsWith('?') || base.endsWith('&') ? '' : '&';
}
