/** Multipart uploads. Source: spec/objects.md §11. */
import { type Answer, element, type Xml } from '../answer.ts';
import { type Text, Token } from '../names.ts';
import { BUCKET, LIMITS } from '../settings.ts';
import {
  type Attributes,
  isoSecond,
  type Part,
  type ReferenceBucket,
  Refusal,
  type Upload,
  uploadHeaders,
} from './bucket.ts';
import { type Guards, guard } from './conditions.ts';
import { crcText, md5Hex, multipartEtag } from './digests.ts';
import { openSource, type Source, sourceVersionId } from './writes.ts';

/** Longer than any sequence without a long wait, shorter than a long wait. */
const REPLAY_MS = 10 * 60_000;

/** Names an upload: the id counts for its own key only. */
export interface UploadName {
  readonly key: string;
  readonly id: Text;
}

function open(bucket: ReferenceBucket, { key, id }: UploadName): Upload {
  const upload = bucket.uploads.find((other) => other.id === id && other.key === key);
  if (upload === undefined) throw new Refusal('NoSuchUpload');
  return upload;
}

function close(bucket: ReferenceBucket, upload: Upload): void {
  bucket.uploads = bucket.uploads.filter((other) => other !== upload);
}

export function initiate(bucket: ReferenceBucket, key: string, attributes: Attributes, guards: Guards): Answer {
  guard(bucket, key, guards);
  const id = bucket.token('upload', /^[0-9a-f]{20,}$/);
  bucket.initiated.push({ key, id });
  bucket.uploads = [...bucket.uploads, { id, key, initiatedMs: bucket.nowMs, parts: new Map(), ...attributes }];
  return {
    status: 200,
    headers: {},
    xml: element([
      ['Bucket', BUCKET],
      ['Key', key],
      ['UploadId', id],
    ]),
  };
}

function checkNumber(number: number): void {
  if (number < 1 || number > 10_000) throw new Refusal('InvalidArgument');
}

export function uploadPart(bucket: ReferenceBucket, name: UploadName, number: number, body: Buffer): Answer {
  checkNumber(number);
  const upload = open(bucket, name);
  if (body.length > LIMITS.singleUploadBytes) throw new Refusal('EntityTooLarge');
  upload.parts.set(number, { number, body, modifiedMs: bucket.nowMs });
  return { status: 200, headers: uploadHeaders(`"${md5Hex(body)}"`, body) };
}

export interface PartCopy {
  readonly name: UploadName;
  readonly number: number;
  readonly source: Source;
  /** Inclusive; undefined: everything. */
  readonly range: { readonly first: number; readonly last: number } | undefined;
}

export function uploadPartCopy(bucket: ReferenceBucket, { name, number, source, range }: PartCopy): Answer {
  checkNumber(number);
  if (range !== undefined && range.last < range.first) throw new Refusal('InvalidArgument');
  const upload = open(bucket, name);
  const from = openSource(bucket, source);
  if (range !== undefined && range.last >= from.body.length) throw new Refusal('InvalidRange');
  const body = range === undefined ? from.body : from.body.subarray(range.first, range.last + 1);
  if (body.length > LIMITS.singleUploadBytes) throw new Refusal('EntityTooLarge');
  upload.parts.set(number, { number, body, modifiedMs: bucket.nowMs });
  return {
    status: 200,
    headers: sourceVersionId(bucket, from),
    xml: element([
      ['ETag', `"${md5Hex(body)}"`],
      ['LastModified', `${isoSecond(bucket.nowMs)}Z`],
      ['CRC64', crcText(body)],
    ]),
  };
}

export function listParts(bucket: ReferenceBucket, name: UploadName, marker: number, max: number | undefined): Answer {
  if (name.id === '') throw new Refusal('ListPartUploadIdIsEmpty');
  if (max === 0) throw new Refusal('InvalidArgument');
  const upload = open(bucket, name);
  const most = max ?? 1_000;
  const rest = [...upload.parts.values()].filter(({ number }) => number > marker).sort((a, b) => a.number - b.number);
  const shown = rest.slice(0, most);
  const truncated = rest.length > most;
  return {
    status: 200,
    headers: {},
    xml: element([
      ['Bucket', BUCKET],
      ['Key', upload.key],
      ['UploadId', upload.id],
      ['PartNumberMarker', String(marker)],
      ...shown.map((part): [string, Xml] => ['Part', partElement(part)]),
      ...(truncated ? [['NextPartNumberMarker', String(shown.at(-1)!.number)] as [string, Xml]] : []),
      ['StorageClass', upload.storageClass],
      ['MaxParts', String(most)],
      ['IsTruncated', String(truncated)],
    ]),
  };
}

function partElement({ number, body, modifiedMs }: Part): Xml {
  return element([
    ['PartNumber', String(number)],
    ['LastModified', `${isoSecond(modifiedMs)}.000Z`],
    ['ETag', `"${md5Hex(body)}"`],
    ['Size', String(body.length)],
  ]);
}

export interface ListedPart {
  readonly number: number;
  /** Lower-case hex without quotes, however it is sent. */
  readonly md5: string;
}

export function complete(
  bucket: ReferenceBucket,
  name: UploadName,
  listed: readonly ListedPart[],
  guards: Guards,
): Answer {
  const list = JSON.stringify(listed);
  const finished = name.id instanceof Token ? bucket.finished.get(name.id) : undefined;
  if (finished?.key === name.key && finished.list === list && bucket.nowMs < finished.untilMs) return finished.answer;
  const upload = open(bucket, name);
  const numbers = listed.map(({ number }) => number);
  if (numbers.some((number, at) => number <= (numbers[at - 1] ?? 0))) throw new Refusal('InvalidPartOrder');
  if (numbers.some((number, at) => number !== at + 1)) throw new Refusal('InvalidPart');
  const parts = listed.map(({ number, md5 }) => {
    const part = upload.parts.get(number);
    if (part === undefined || md5Hex(part.body) !== md5) throw new Refusal('InvalidPart');
    return part.body;
  });
  if (parts.slice(0, -1).some(({ length }) => length < LIMITS.minPartBytes)) throw new Refusal('EntityTooSmall');
  const body = Buffer.concat(parts);
  if (body.length > LIMITS.multipartObjectBytes) throw new Refusal('EntityTooLarge');
  guard(bucket, name.key, guards);
  const etag = multipartEtag(parts);
  const { contentType, note, storageClass } = upload;
  const { id } = bucket.add(name.key, {
    ...{ kind: 'normal', body, etag, appends: 0 },
    ...{ contentType, note, storageClass },
  });
  close(bucket, upload);
  const answer: Answer = {
    status: 200,
    headers: {
      'x-cos-hash-crc64ecma': crcText(body),
      ...(bucket.versioning === 'unset' ? {} : { 'x-cos-version-id': id }),
    },
    xml: element([
      ['Bucket', BUCKET],
      ['Key', name.key],
      ['ETag', etag],
    ]),
  };
  bucket.finished.set(upload.id, { key: name.key, list, answer, untilMs: bucket.nowMs + REPLAY_MS });
  return answer;
}

export function abort(bucket: ReferenceBucket, name: UploadName): Answer {
  close(bucket, open(bucket, name));
  return { status: 204, headers: {} };
}
