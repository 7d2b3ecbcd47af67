/** A kept head as the signature check would see it. */
import { headerValue } from '../../http/headers.ts';
import { parseQuery } from '../../http/query.ts';
import { decodePath } from '../../http/target.ts';
import { type ParsedSignature, parseAuthorization, parseQueryFields } from '../signature/fields.ts';
import { locateSignature } from '../signature/locate.ts';
import type { SignedRequestView } from '../signature/request-view.ts';
import type { ReceivedHead, RefusedRequest } from './refused-request.ts';

/** @throws CosError InvalidURI */
export function viewOfHead(request: RefusedRequest, { rawPath, rawQuery, headers }: ReceivedHead): SignedRequestView {
  const query = parseQuery(rawQuery);
  const header = (name: string) => headerValue(headers, name);
  return {
    method: request.method,
    decodedPath: decodePath(rawPath),
    rawPath,
    query,
    host: request.host,
    secure: request.secure,
    bucket: request.bucket,
    key: request.key ?? '',
    header,
    securityToken: () => header('x-cos-security-token') ?? query.get('x-cos-security-token'),
  };
}

/** @returns undefined where there is none of the usual form. @throws CosError when it is malformed */
export function signatureOfView(view: SignedRequestView): ParsedSignature | undefined {
  const located = locateSignature(view);
  if (located.kind === 'text') return parseAuthorization(located.text);
  return located.kind === 'query' ? parseQueryFields(view.query) : undefined;
}
