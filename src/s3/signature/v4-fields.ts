/** What a Signature Version 4 says of itself, in a header or in parameters. Source: spec/s3.md §4.1. */
import { CosError } from '../../errors/cos-error.ts';
import type { QueryParams } from '../../http/query.ts';

export const V4_ALGORITHM = 'AWS4-HMAC-SHA256';

/** What all requests of one client on one day have in common. */
export interface V4Fields {
  readonly secretId: string;
  /** `yyyyMMdd` */
  readonly date: string;
  /** Any text: it is not compared with the server's. */
  readonly region: string;
  /** `date/region/<service>/aws4_request` */
  readonly scope: string;
  /** As sent, `;` between them. */
  readonly signedText: string;
  /** Lower case, in the order in which they are signed. */
  readonly signedHeaders: readonly string[];
  readonly signedSet: ReadonlySet<string>;
}

export interface ParsedV4 {
  readonly fields: V4Fields;
  readonly signature: string;
}

/** Characters of an authorization. */
const MAX_TEXT = 8_192;
const MAX_SIGNED = 200;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const DATE = /^\d{8}$/;
const SHAPE = '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"';

/** Makes an error of the text behind what AWS says first. */
type Malformed = (reason: string) => CosError;

const headerError: Malformed = (reason) =>
  new CosError('AuthorizationHeaderMalformed', { message: `The authorization header is malformed; ${reason}` });

/** @param text behind the algorithm @throws CosError AuthorizationHeaderMalformed */
export function parseV4Header(text: string, service = 's3'): ParsedV4 {
  const found = new Map<string, string>();
  if (text.length <= MAX_TEXT) {
    for (const part of text.split(',')) {
      const equals = part.indexOf('=');
      const name = part.slice(0, Math.max(0, equals)).trim();
      if (equals < 0 || found.has(name)) throw headerError('a component stands twice or has no value.');
      found.set(name, part.slice(equals + 1).trim());
    }
  }
  const [credential, signed, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) => found.get(name));
  if (found.size !== 3 || credential === undefined || signed === undefined || signature === undefined) {
    throw headerError('the authorization header requires three components: Credential, SignedHeaders, and Signature.');
  }
  const scoped = parseCredential(
    credential,
    (reason) => headerError(`the Credential is mal-formed; ${reason}`),
    service,
  );
  return { fields: { ...scoped, ...parseSigned(signed, headerError) }, signature };
}

export interface ParsedV4Query extends ParsedV4 {
  readonly timestamp: string;
  /** Seconds from the timestamp. */
  readonly expires: number;
  /** Of the parameter that the signature does not cover. */
  readonly signatureAt: number;
}

const PARAMETERS = ['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'] as const;
const MAX_EXPIRES = 604_800;

const queryError = (message: string): CosError => new CosError('AuthorizationQueryParametersError', { message });

/** @throws CosError AuthorizationQueryParametersError */
export function parseV4Query(query: QueryParams, service = 's3'): ParsedV4Query {
  const names = query.foldedNames();
  const values = PARAMETERS.map((name) => {
    const folded = `x-amz-${name.toLowerCase()}`;
    const at = names.indexOf(folded);
    if (at < 0 || query.values[at] === '') {
      throw queryError(
        'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      );
    }
    if (names.indexOf(folded, at + 1) >= 0) throw queryError(`X-Amz-${name} stands more than once.`);
    return query.values[at]!;
  });
  const [algorithm, credential, signature, timestamp, signed, expiresText] = values as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (algorithm !== V4_ALGORITHM) throw queryError(`X-Amz-Algorithm only supports "${V4_ALGORITHM}"`);
  const scoped = parseCredential(
    credential,
    (reason) => queryError(`Error parsing the X-Amz-Credential parameter; ${reason}`),
    service,
  );
  return {
    fields: { ...scoped, ...parseSigned(signed, (reason) => queryError(`X-Amz-SignedHeaders: ${reason}`)) },
    signature,
    timestamp,
    expires: parseExpires(expiresText),
    signatureAt: names.indexOf('x-amz-signature'),
  };
}

/** A URL that is good for no time, or for less, has expired. */
function parseExpires(text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw queryError('X-Amz-Expires should be a number');
  const seconds = Number(text);
  if (seconds > MAX_EXPIRES) {
    throw queryError(`X-Amz-Expires must be less than a week (in seconds); that is ${MAX_EXPIRES}`);
  }
  return seconds;
}

/** `secretId/date/region/<service>/aws4_request` */
export function parseCredential(
  text: string,
  malformed: Malformed,
  expected = 's3',
): Pick<V4Fields, 'secretId' | 'date' | 'region' | 'scope'> {
  const parts = text.split('/');
  const [secretId, date, region, service, terminal] = parts;
  if (parts.length !== 5 || secretId === '' || text.length > MAX_TEXT) throw malformed(`expecting ${SHAPE}.`);
  if (!DATE.test(date!)) {
    throw malformed(`incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`);
  }
  if (service !== expected) {
    throw malformed(`incorrect service "${service}". This endpoint belongs to "${expected}".`);
  }
  if (terminal !== 'aws4_request') {
    throw malformed(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`);
  }
  return { secretId: secretId!, date: date!, region: region!, scope: text.slice(secretId!.length + 1) };
}

function parseSigned(text: string, malformed: Malformed): Pick<V4Fields, 'signedText' | 'signedHeaders' | 'signedSet'> {
  const names = text.split(';');
  if (names.length > MAX_SIGNED || !names.every((name) => HEADER_NAME.test(name))) {
    throw malformed('SignedHeaders is no list of header names.');
  }
  const signedHeaders = names.map((name) => name.toLowerCase());
  const signedSet = new Set(signedHeaders);
  if (!signedSet.has('host')) throw malformed('the host header must be signed.');
  return { signedText: text, signedHeaders, signedSet };
}
