/** What a signature says that it covers. Source: spec/protocol.md §11.1, §16. */
import { encode } from './encode.ts';
import { isSignatureField, type ParsedSignature, parseAuthorization, parseQueryFields } from './fields.ts';
import { locateSignature } from './locate.ts';
import type { SignedRequestView } from './request-view.ts';

export interface SignedLists {
  /** @param name lower case */
  signsHeader(name: string): boolean;
  /** @param name lower case */
  signsParam(name: string): boolean;
}

/** Tokens of the old JSON API have no lists. */
const NOTHING: SignedLists = { signsHeader: () => false, signsParam: () => false };

/** @returns undefined when nobody signed @throws CosError as parseAuthorization */
export function signedLists(request: Pick<SignedRequestView, 'header' | 'query'>): SignedLists | undefined {
  const located = locateSignature(request);
  switch (located.kind) {
    case 'none':
    case 'foreign':
      return undefined;
    case 'text':
      return listsOf(parseAuthorization(located.text));
    case 'query':
      return listsOf(parseQueryFields(request.query));
    case 'v4':
      return NOTHING;
  }
}

function listsOf({ fields: { headers, params } }: ParsedSignature): SignedLists {
  return {
    signsHeader: (name) => headers.some((listed) => listed.name === name),
    signsParam: (name) => params.has(name) || params.has(encode(name).toLowerCase()),
  };
}

const TOKEN = 'x-cos-security-token';
const MERGED = 'sign';

/** Carriers of the signature cannot be part of it, and clients leave the token out. @param name lower case */
export function canBeSigned(name: string): boolean {
  return name !== TOKEN && name !== MERGED && !isSignatureField(name);
}
