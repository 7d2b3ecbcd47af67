/** What a request must or must not bring as a body. Source: spec/objects.md §2.3, §2.5; spec/errors.md rows 29, 37. */
import { CosError } from '../../errors/cos-error.ts';
import type { WireRequest } from '../../http/types.ts';
import { parseXml, type XmlElement } from '../../http/xml.ts';
import type { ExpectedDigests } from '../../model/ingest.ts';
import type { Limits } from '../../model/services.ts';
import { hashBody } from '../../platform/hash/body-hash.ts';
import type { HeaderSource } from './header-source.ts';

const BASE64_MD5 = /^[A-Za-z0-9+/]{22}==$/;
const HEX_SHA1 = /^[0-9a-fA-F]{40}$/;

/** Content-MD5: 16 bytes. @throws CosError InvalidDigest */
export function decodeMd5(source: HeaderSource): Buffer | undefined {
  const value = source.header('content-md5');
  if (value === undefined) return undefined;
  if (!BASE64_MD5.test(value)) throw new CosError('InvalidDigest', { close: true });
  return Buffer.from(value, 'base64');
}

/** @throws CosError InvalidDigest, InvalidSHA1Digest */
export function decodeDigests(source: HeaderSource): ExpectedDigests {
  const sha1 = source.header('x-cos-content-sha1');
  if (sha1 !== undefined && !HEX_SHA1.test(sha1)) throw new CosError('InvalidSHA1Digest', { close: true });
  return { md5: decodeMd5(source), sha1: sha1 === undefined ? undefined : Buffer.from(sha1, 'hex') };
}

/** @throws CosError MissingContentLength */
export function requireLength({ body }: WireRequest): void {
  if (body.unannounced) throw new CosError('MissingContentLength');
}

/** @returns undefined where that is known at once @throws CosError UnexpectedContent */
export function refuseBody({ body }: WireRequest): Promise<void> | undefined {
  if (body.length === 0) return undefined;
  const unexpected = new CosError('UnexpectedContent', { close: true });
  if (body.length !== undefined) throw unexpected;
  return body.readAll(0, unexpected).then(() => undefined);
}

/**
 * A whole small body, checked against Content-MD5.
 * @param tooLong code of a longer one
 * @param presence whether an empty one is MissingRequestBodyError
 * @throws CosError `tooLong`, BadDigest, InvalidDigest …
 */
export async function readWhole(
  wire: WireRequest,
  maxBytes: number,
  tooLong: 'XMLSizeLimit' | 'PolicyFull' = 'XMLSizeLimit',
  presence: 'required' | 'optional' = 'required',
): Promise<Buffer> {
  requireLength(wire);
  const expected = decodeMd5(wire);
  const body = await wire.body.readAll(maxBytes, new CosError(tooLong, { close: true }));
  if (body.length === 0 && presence === 'required') throw new CosError('MissingRequestBodyError');
  if (expected !== undefined && !hashBody(body, {}).md5.equals(expected)) throw new CosError('BadDigest');
  return body;
}

/**
 * @param root local name of the document's root
 * @param limits `xmlBytes` holds where it is below the operation's own `maxBytes`
 */
export async function readXml(
  wire: WireRequest,
  root: string,
  maxBytes: number,
  limits: Pick<Limits, 'xmlBytes'>,
): Promise<XmlElement> {
  const most = Math.min(maxBytes, limits.xmlBytes);
  return parseXml(await readWhole(wire, most), root, { maxBytes: most });
}
