/**
 * What the HTTP parser refuses, as COS errors. Source: spec/errors.md "Traps of Node's HTTP server", rows 11, 20, 35,
 * `MaxMessageLengthExceeded`, `BadRequest`; spec/objects.md §2.13.
 */
import { CosError } from '../errors/cos-error.ts';
import { incompleteBody } from './body.ts';

/** An error of `clientError`: an `HPE_…` code of the parser, or a code of the socket. */
export interface ParserError {
  readonly code?: string;
  /** What the socket gave, and how far the parser came in it. */
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

const CLOSE = { close: true } as const;

/** The fault of a head that could not be parsed. */
export function headFault(error: ParserError): CosError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new CosError('MaxMessageLengthExceeded', CLOSE);
    case 'HPE_INVALID_URL':
      return new CosError('InvalidURI', CLOSE);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new CosError('RequestTimeOut', CLOSE);
    case 'HPE_INVALID_CONTENT_LENGTH':
    case 'HPE_UNEXPECTED_CONTENT_LENGTH':
    case 'HPE_INVALID_TRANSFER_ENCODING':
      return new CosError('InvalidArgument', CLOSE);
    case 'HPE_INVALID_METHOD':
      // A request line with a method the parser does not know, rather than bytes that are no HTTP at all.
      return new CosError(looksLikeRequest(error) ? 'MethodNotAllowed' : 'BadRequest', CLOSE);
    default:
      return new CosError('BadRequest', { ...CLOSE, message: 'The request is not well-formed HTTP/1.1.' });
  }
}

/** The fault of a body whose framing broke after its head had been accepted. */
export function bodyFault(error: ParserError): CosError {
  // Cut short by an orderly end, or by anything the socket itself reports.
  if (error.code === 'HPE_INVALID_EOF_STATE' || !isParserCode(error.code)) return incompleteBody();
  return new CosError('InvalidArgument', { ...CLOSE, message: 'The chunked coding of the request body is malformed.' });
}

export function isParserCode(code: string | undefined): boolean {
  return code !== undefined && (code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT');
}

/**
 * The method of a head that could not be parsed, as far as it matters: the answer of HEAD has no body. Where the head
 * began in an earlier packet it is not known, and GET.
 */
export function faultedMethod({ rawPacket, bytesParsed = 0 }: ParserError): 'GET' | 'HEAD' {
  if (rawPacket === undefined) return 'GET';
  // The packet may begin with requests that were fine.
  const blankLine = rawPacket.lastIndexOf('\r\n\r\n', bytesParsed, 'latin1');
  const start = blankLine < 0 ? 0 : blankLine + 4;
  return rawPacket.toString('latin1', start, start + 5) === 'HEAD ' ? 'HEAD' : 'GET';
}

function looksLikeRequest({ rawPacket, bytesParsed }: ParserError): boolean {
  if (rawPacket === undefined) return false;
  // The packet may begin with requests that were fine.
  const start = rawPacket.lastIndexOf('\n', bytesParsed ?? 0) + 1;
  return /^[A-Z]{3,32} [^ ]+ HTTP\/1\.[01]\r\n/.test(rawPacket.toString('latin1', start, start + 4_096));
}
