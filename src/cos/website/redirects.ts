/** Where website hosts send a browser. Source: spec/buckets.md §15. */
import type { RoutingRule } from '../../features/website/rules.ts';
import type { ReplyBody, WireReply, WireRequest } from '../../http/types.ts';
import { listText } from '../encode.ts';
import { errorPage, type PageFacts } from './pages.ts';

const REASONS = {
  301: { status: 301, code: 'MovedPermanently', message: 'Resource permanently moved' },
  302: { status: 302, code: 'Found', message: 'Resource Found' },
} as const;

export function redirect(status: 301 | 302, location: string, facts: PageFacts): WireReply {
  return errorPage(REASONS[status], facts, { headers: ['Location', location] });
}

/** The address of a key on the host of the request. @param query as sent, without `?`; '' for none */
export function pathOf(key: string, query = ''): string {
  return `/${listText(key, true)}${query === '' ? '' : `?${query}`}`;
}

/** What a routing rule sends to. */
export function ruleLocation(
  wire: WireRequest,
  { protocol }: Pick<RoutingRule, 'protocol'>,
  key: string,
  httpsPort: number | undefined,
): string {
  return originOf(wire, protocol !== undefined || wire.secure, httpsPort) + pathOf(key);
}

/** The same address by HTTPS. */
export function secureLocation(wire: WireRequest, httpsPort: number | undefined): string {
  const query = wire.rawQuery === '' ? '' : `?${wire.rawQuery}`;
  return originOf(wire, true, httpsPort) + wire.rawPath + query;
}

/** The port that was asked speaks one scheme alone: another scheme is found at its own port. */
function originOf({ host, secure }: WireRequest, wantSecure: boolean, httpsPort: number | undefined): string {
  if (wantSecure === secure) return `${secure ? 'https' : 'http'}://${host}`;
  const name = host.replace(/:\d*$/, '');
  return `https://${name}${httpsPort === undefined || httpsPort === 443 ? '' : `:${httpsPort}`}`;
}

/** Gives back what an answer holds that is not sent. */
export async function release(body: ReplyBody): Promise<void> {
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) return;
  if ('close' in body) await body.close();
  else await body.stream[Symbol.asyncIterator]().return?.();
}
