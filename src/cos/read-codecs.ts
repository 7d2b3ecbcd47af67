/** GET Object and HEAD Object, as either protocol reads them. Source: spec/objects.md §6.3, §8.4, §8.5. */
import { CosError } from '../errors/cos-error.ts';
import { parseRangeSpec } from '../http/range.ts';
import type { RandomAccessBody, WireReply } from '../http/types.ts';
import type { Content } from '../model/content.ts';
import { MAX_PART_NUMBER } from '../model/multipart/upload.ts';
import { type ByteRange, contentRange } from '../model/range.ts';
import { getObject, headObject, type ReadObjectInput, type ReadObjectResult } from '../operations/get-object.ts';
import { codec } from './codec.ts';
import { refuseBody } from './decode/body.ts';
import { decodeIfRange, decodeReadConditions } from './decode/conditions.ts';
import { decodeCustomerKey, refuseEncryptionHeaders } from './decode/encryption.ts';
import { hasRareHeaders } from './decode/header-source.ts';
import { requiredInteger } from './decode/params.ts';
import { decodeTrafficLimit } from './decode/traffic-limit.ts';
import { refuseUnsupported } from './decode/unsupported.ts';
import { objectHeaders } from './encode.ts';
import { pacedReply } from './paced.ts';
import { type CosRequest, versionIdOf } from './request.ts';

/** Query parameters that replace a response header. */
const OVERRIDES: readonly (readonly [parameter: string, header: string])[] = [
  ['response-content-type', 'Content-Type'],
  ['response-content-language', 'Content-Language'],
  ['response-expires', 'Expires'],
  ['response-cache-control', 'Cache-Control'],
  ['response-content-disposition', 'Content-Disposition'],
  ['response-content-encoding', 'Content-Encoding'],
];

/** What protocols read differently. */
export type ReadWays = Required<Pick<ReadObjectInput, 'tellsMarker' | 'missingPart' | 'tellExpiry'>>;

function decodeRead(request: CosRequest, { tellsMarker, missingPart, tellExpiry }: ReadWays): ReadObjectInput {
  const { wire } = request;
  refuseUnsupported(wire);
  decodeTrafficLimit(request);
  const rare = hasRareHeaders(wire);
  if (rare) refuseEncryptionHeaders(wire);
  const partNumber = request.query.size === 0 ? undefined : request.query.get('partnumber');
  return {
    key: request.key,
    versionId: versionIdOf(request),
    conditions: decodeReadConditions(wire),
    range: parseRangeSpec(wire.header('range')),
    rangeValidator: decodeIfRange(wire),
    partNumber: partNumber === undefined ? undefined : requiredInteger(partNumber, 'partNumber', 1, MAX_PART_NUMBER),
    customerKey: rare ? decodeCustomerKey(wire) : undefined,
    tellsMarker,
    missingPart,
    tellExpiry,
  };
}

export const headObjectCodecOf = (ways: ReadWays) =>
  codec({
    operation: headObject,
    decode: (request) => decodeRead(request, ways),
    encode(result, request) {
      if (result.outcome === 'not-modified') return notModified(result, request);
      const { size } = result.object.record;
      const reply = success(result, request);
      return { ...reply, contentLength: result.range?.length ?? size };
    },
  });

export const getObjectCodecOf = (ways: ReadWays) =>
  codec({
    operation: getObject,
    decode(request) {
      if (request.identity.kind === 'anonymous' && OVERRIDES.some(([parameter]) => request.query.has(parameter))) {
        throw new CosError('InvalidRequest', { message: 'response-* parameters need a signed request' });
      }
      const refused = refuseBody(request.wire);
      return refused === undefined ? decodeRead(request, ways) : refused.then(() => decodeRead(request, ways));
    },
    encode(result, request) {
      if (result.body === undefined) return notModified(result, request);
      const { size } = result.object.record;
      const range = result.range ?? { start: 0, length: size };
      const body = Buffer.isBuffer(result.body)
        ? result.body.subarray(range.start, range.start + range.length)
        : randomAccess(result.body, range);
      return { ...success(result, request), body: pacedReply(request, body) };
    },
  });

function randomAccess(content: Content, { start, length }: ByteRange): RandomAccessBody {
  return {
    start,
    length,
    read: (position, target) => content.read(position, target),
    close: () => content.close(),
  };
}

function success({ object, range, tier }: ReadObjectResult, { query, wire: { receivedAtMs } }: CosRequest): WireReply {
  const { record, versionId } = object;
  let headers: string[];
  const overrides = query.size === 0 ? [] : OVERRIDES.filter(([parameter]) => query.get(parameter));
  if (overrides.length === 0) {
    headers = objectHeaders(record, versionId, receivedAtMs);
  } else {
    headers = objectHeaders(
      record,
      versionId,
      receivedAtMs,
      new Set(overrides.map(([, header]) => header.toLowerCase())),
    );
    for (const [parameter, header] of overrides) headers.push(header, headerSafe(query.get(parameter)!));
  }
  if (tier !== undefined) headers.push('x-cos-storage-tier', tier);
  if (range === undefined) return { status: 200, headers };
  headers.push('Content-Range', contentRange(range, record.size));
  return { status: 206, headers };
}

/** A decoded parameter as header text: UTF-8 bytes carried as latin1. @throws CosError InvalidArgument for line breaks */
function headerSafe(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these would split or damage the header
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    throw new CosError('InvalidArgument', { message: 'A response-* parameter holds control characters' });
  }
  return Buffer.from(value).toString('latin1');
}

function notModified({ object, tier }: ReadObjectResult, { wire }: CosRequest): WireReply {
  const headers = objectHeaders(object.record, object.versionId, wire.receivedAtMs);
  if (tier !== undefined) headers.push('x-cos-storage-tier', tier);
  return { status: 304, headers };
}
