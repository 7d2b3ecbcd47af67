/**
 * A request of Amazon S3 as the decoders of COS read it: names and words of headers are those of COS, and the body is
 * what stands inside of the chunks. The signature is checked on the request as it was sent. Source: spec/s3.md §5, §6.
 */
import { CosError } from '../errors/cos-error.ts';
import { headerValue } from '../http/headers.ts';
import { parseQuery } from '../http/query.ts';
import type { BodySource, WireRequest } from '../http/types.ts';
import type { S3Body } from './body/body-of.ts';
import { COS_META, isTagList, quotedTags, S3_META, TO_COS, valueIn } from './names.ts';

export class S3Request implements WireRequest {
  readonly sent: WireRequest;
  readonly rawHeaders: readonly string[];
  readonly ownAcls = true;
  readonly looseMetadata = true;
  /** As sent, until the signature says how it is framed. */
  body: BodySource;
  /** Without its framing; what is read may be a body made of it. */
  #framed: BodySource;
  /** A header stands under both names with different values. */
  readonly conflict: string | undefined;
  readonly knowsGovernance = true;

  constructor(sent: WireRequest) {
    this.sent = sent;
    this.body = sent.body;
    this.#framed = sent.body;
    const rawHeaders = withSignedParameters(sent);
    let mapped: string[] | undefined;
    let conflict: string | undefined;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = rawHeaders[i]!;
      const said = inWordsOfCos(name, rawHeaders[i + 1]!);
      if (said === undefined) continue;
      mapped ??= rawHeaders.slice();
      const [cosName, value] = said;
      const native = cosName === name ? undefined : headerValue(rawHeaders, cosName);
      if (native !== undefined && native !== value) conflict = name.toLowerCase();
      // Once is enough: repeated headers are joined.
      mapped[i] = native === undefined ? cosName : 'x-amz-repeated';
      mapped[i + 1] = value;
    }
    this.rawHeaders = mapped ?? rawHeaders;
    this.conflict = conflict;
  }

  /** @throws CosError InvalidArgument for a header that stands under both names with different values */
  requireOneMeaning(): void {
    if (this.conflict === undefined) return;
    throw new CosError('InvalidArgument', { message: `${this.conflict} and its name in COS have different values` });
  }

  header(name: string): string | undefined {
    return headerValue(this.rawHeaders, name);
  }

  /** A header that followed the body; known once that has ended. @param name lower case */
  trailer(name: string): string | undefined {
    const framed = this.#framed;
    return 'trailer' in framed ? (framed as S3Body).trailer(name) : undefined;
  }

  /** What stands inside of the framing, once that is known. */
  unframe(body: BodySource): void {
    this.body = body;
    this.#framed = body;
  }

  withBody(body: BodySource): WireRequest {
    const other = new S3Request(this.sent);
    other.unframe(this.#framed);
    other.body = body;
    return other;
  }

  get method(): string {
    return this.sent.method;
  }
  get rawTarget(): string {
    return this.sent.rawTarget;
  }
  get rawPath(): string {
    return this.sent.rawPath;
  }
  get rawQuery(): string {
    return this.sent.rawQuery;
  }
  get host(): string {
    return this.sent.host;
  }
  get secure(): boolean {
    return this.sent.secure;
  }
  get tlsVersion(): string | undefined {
    return this.sent.tlsVersion;
  }
  get remoteAddress(): string {
    return this.sent.remoteAddress;
  }
  get requestId(): string {
    return this.sent.requestId;
  }
  get receivedAtMs(): number {
    return this.sent.receivedAtMs;
  }
  get note(): unknown {
    return this.sent.note;
  }
  set note(note: unknown) {
    this.sent.note = note;
  }
}

/** A header as COS writes it; undefined where that is no different. */
function inWordsOfCos(name: string, value: string): readonly [name: string, value: string] | undefined {
  const { length } = name;
  if (length < 7 || (name.charCodeAt(0) | 32) !== 120) {
    if (length === 16 && name.toLowerCase() === 'content-encoding') return [name, unframed(value)];
    return (length === 8 || length === 13) && isTagList(name.toLowerCase()) ? [name, quotedTags(value)] : undefined;
  }
  const folded = name.toLowerCase();
  if (folded.startsWith(S3_META)) return [COS_META + folded.slice(S3_META.length), value];
  const cosName = TO_COS.get(folded);
  return cosName === undefined ? undefined : [cosName, valueIn(cosName, value)];
}

const SIGNED_QUERY = /(?:^|&)(?:X-Amz-Signature|Signature)=/i;
/** Parameters that sign, and those that SDKs add of a body that they have not got. */
const NO_HEADERS =
  /^x-amz-(?:algorithm|credential|date|expires|signature|signedheaders|content-sha256|checksum-.*|sdk-.*)$/;

/**
 * Whoever signs an address moves headers into it: they count as if they had come as such, where none did. A signature in
 * the query covers all of it.
 */
function withSignedParameters({ rawHeaders, rawQuery }: WireRequest): readonly string[] {
  if (rawQuery === '' || !SIGNED_QUERY.test(rawQuery)) return rawHeaders;
  let parsed: ReturnType<typeof parseQuery>;
  try {
    parsed = parseQuery(rawQuery);
  } catch {
    // Told of where the query is read for the operation.
    return rawHeaders;
  }
  const { names, values } = parsed;
  const added: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!.toLowerCase();
    if (!name.startsWith('x-amz-') || NO_HEADERS.test(name) || headerValue(rawHeaders, name) !== undefined) continue;
    added.push(name, Buffer.from(values[i]!).toString('latin1'));
  }
  return added.length === 0 ? rawHeaders : [...rawHeaders, ...added];
}

/** What is stored of a Content-Encoding: the framing of the request is none of the content. */
function unframed(value: string): string {
  const codings = value.split(',').map((coding) => coding.trim());
  return codings.filter((coding) => coding !== '' && coding.toLowerCase() !== 'aws-chunked').join(', ');
}
