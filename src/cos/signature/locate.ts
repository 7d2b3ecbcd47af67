/** Where a request carries its signature, and of which kind it is. Source: spec/protocol.md §11.1, §12.4. */
import { isSignatureField } from './fields.ts';
import type { SignedRequestView } from './request-view.ts';

export type Located =
  /** nobody signed */
  | { readonly kind: 'none' }
  /** a signature of Amazon S3 */
  | { readonly kind: 'foreign' }
  /** the seven fields as one text: the Authorization header, or the parameter `sign` */
  | { readonly kind: 'text'; readonly text: string }
  /** the seven fields as query parameters */
  | { readonly kind: 'query' }
  /** a token of the old JSON API */
  | { readonly kind: 'v4'; readonly token: string };

const NONE: Located = { kind: 'none' };
const FOREIGN: Located = { kind: 'foreign' };
const QUERY: Located = { kind: 'query' };

/** The header comes first, then the query. An empty header or `sign` is no signature. */
export function locateSignature(request: Pick<SignedRequestView, 'header' | 'query'>): Located {
  const header = request.header('authorization');
  if (header !== undefined) {
    return header.startsWith('AWS4-') || header.startsWith('AWS ') ? FOREIGN : { kind: 'text', text: header };
  }
  const { query } = request;
  if (query.size === 0) return NONE;
  // One field is enough: a signature that lost its others must not pass for no signature.
  if (query.names.some(isSignatureField)) return QUERY;
  // By its exact name: an application's own `Sign` is none.
  const at = query.names.indexOf('sign');
  const merged = at < 0 ? undefined : query.values[at];
  if (merged !== undefined && merged !== '') {
    // Base64 holds `+` and no blank, whatever the client did about it.
    if (isV4Token(merged)) return { kind: 'v4', token: merged.replaceAll(' ', '+') };
    return { kind: 'text', text: merged };
  }
  const foreign = query.get('X-Amz-Algorithm') ?? query.get('X-Amz-Signature') ?? query.get('AWSAccessKeyId');
  return foreign === undefined ? NONE : FOREIGN;
}

/** Base64 text has neither `&` nor `q-sign-algorithm`. */
function isV4Token(text: string): boolean {
  return text.indexOf('&') < 0 && text.indexOf('q-sign-algorithm') < 0;
}
