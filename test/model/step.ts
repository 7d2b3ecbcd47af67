/** One command as a request, and what the reference answers to it. */
import { createHash } from 'node:crypto';
import type { Answer } from './answer.ts';
import { Choices } from './choices.ts';
import type { AttributeChoice, Command, ListChoice, TargetChoice } from './commands.ts';
import type { Names, Template, Text } from './names.ts';
import type { Attributes, ReferenceBucket } from './reference/bucket.ts';
import type { Conditions, Guards, Tags } from './reference/conditions.ts';
import { md5Hex } from './reference/digests.ts';
import * as listings from './reference/listings.ts';
import { read } from './reference/reads.ts';
import * as uploads from './reference/uploads.ts';
import * as writes from './reference/writes.ts';
import { BUCKET } from './settings.ts';

export interface Ask {
  readonly method: string;
  readonly key: string;
  readonly params: readonly (readonly [name: string, value: Template])[];
  readonly headers: Readonly<Record<string, Template>>;
  readonly body: Template | Buffer;
  /** Content-MD5 is sent. */
  readonly digest?: boolean;
}

export interface Step {
  readonly ask: Ask;
  /** Changes the reference: to be called once. */
  expect(): Answer;
  /** What comes next of the same command. */
  next?: () => Step | undefined;
}

const NO_BODY = '';

export class Steps {
  readonly bucket: ReferenceBucket;
  readonly #choices: Choices;
  /** The lists of the last Completes. */
  readonly #lists = new Map<Text, readonly uploads.ListedPart[]>();

  constructor(bucket: ReferenceBucket, names: Names) {
    this.bucket = bucket;
    this.#choices = new Choices(bucket, names);
  }

  /** Reads one version, whatever its id. */
  readById(key: string, versionId: Text): Step {
    return step('GET', key, { params: versionParam(versionId) }, () =>
      read(this.bucket, { method: 'GET', key, versionId, range: undefined, conditions: {} }),
    );
  }

  deleteById(key: string, versionId: Text): Step {
    return step('DELETE', key, { params: versionParam(versionId) }, () =>
      writes.deleteOne(this.bucket, { key, versionId, ifMatch: undefined }),
    );
  }

  abortById(key: string, id: Text): Step {
    return step('DELETE', key, { params: [['uploadId', id]] }, () => uploads.abort(this.bucket, { key, id }));
  }

  of(command: Exclude<Command, { op: 'reap' | 'wait' }>): Step {
    const { bucket } = this;
    switch (command.op) {
      case 'put': {
        const bytes = bytesOf(command.body);
        const guards = this.#choices.guards(command.guard, command.key);
        const headers = { ...attributeHeaders(command.attributes), ...guardHeaders(guards) };
        return step('PUT', command.key, { headers, body: bytes }, () =>
          writes.put(bucket, command.key, bytes, attributesOf(command.attributes), guards),
        );
      }
      case 'copy':
        return this.#copy(command);
      case 'append': {
        const bytes = bytesOf(command.body);
        const length = bucket.current(command.key)?.body.length ?? 0;
        const position = length + command.offset;
        const params = [
          ['append', ''],
          ['position', String(position)],
        ] as const;
        const headers = attributeHeaders(command.attributes);
        return step('POST', command.key, { params, headers, body: bytes }, () =>
          writes.append(bucket, command.key, position, bytes, attributesOf(command.attributes)),
        );
      }
      case 'initiate': {
        // The other conditions are none of this operation.
        const guards = command.guard === 'forbid-overwrite' ? { forbidOverwrite: true } : {};
        const headers = { ...attributeHeaders(command.attributes), ...guardHeaders(guards) };
        return step('POST', command.key, { params: [['uploads', '']], headers }, () =>
          uploads.initiate(bucket, command.key, attributesOf(command.attributes), guards),
        );
      }
      case 'part': {
        const bytes = bytesOf(command.body);
        const name = this.#choices.upload(command.upload);
        const params = partParams(command.number, name.id);
        return step('PUT', name.key, { params, body: bytes }, () =>
          uploads.uploadPart(bucket, name, command.number, bytes),
        );
      }
      case 'part-copy':
        return this.#partCopy(command);
      case 'complete':
        return this.#complete(command);
      case 'abort': {
        const { key, id } = this.#choices.upload(command.upload);
        return this.abortById(key, id);
      }
      case 'list-parts': {
        const name = this.#choices.upload(command.upload);
        const { marker, max } = command;
        const params: [string, Template][] = [['uploadId', name.id]];
        if (marker > 0) params.push(['part-number-marker', String(marker)]);
        if (max !== undefined) params.push(['max-parts', String(max)]);
        return step('GET', name.key, { params }, () => uploads.listParts(bucket, name, marker, max));
      }
      case 'delete': {
        const deletion = this.#choices.deletion(command.target);
        const headers = deletion.ifMatch === undefined ? {} : { 'if-match': tagList(deletion.ifMatch) };
        return step('DELETE', deletion.key, { params: versionParam(deletion.versionId), headers }, () =>
          writes.deleteOne(bucket, deletion),
        );
      }
      case 'delete-several':
        return this.#deleteSeveral(command.targets, command.quiet);
      case 'versioning': {
        const status = command.status === 'enabled' ? 'Enabled' : 'Suspended';
        const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
        return step('PUT', '', { params: [['versioning', '']], body }, () => {
          bucket.versioning = command.status;
          return { status: 200, headers: {} };
        });
      }
      case 'read': {
        const { method, range } = command;
        const key = this.#choices.key(command.key);
        const versionId = this.#choices.version(command.version, key);
        const conditions = this.#choices.conditions(command.conditions, key, versionId);
        const headers = { ...conditionHeaders(conditions, ''), ...(range === undefined ? {} : { range }) };
        return step(method, key, { params: versionParam(versionId), headers }, () =>
          read(bucket, { method, key, versionId, range, conditions }),
        );
      }
      case 'list':
        return this.#list(command.what, command.query);
      case 'delete-bucket':
        return step('DELETE', '', {}, () =>
          bucket.objects.size > 0 || bucket.uploads.length > 0
            ? { status: 409, headers: {}, code: 'BucketNotEmpty' }
            : { status: 204, headers: {} },
        );
    }
  }

  #copy({ key: target, source: choice, replace, attributes, guard }: Extract<Command, { op: 'copy' }>): Step {
    const source = this.#choices.source(choice);
    const key = target ?? source.key;
    const guards = this.#choices.guards(guard, key);
    const headers = {
      ...sourceHeaders(source),
      ...attributeHeaders(attributes),
      ...guardHeaders(guards),
      ...(replace ? { 'x-cos-metadata-directive': 'Replaced' } : {}),
    };
    return step('PUT', key, { headers }, () =>
      writes.copy(this.bucket, { key, source, replace, attributes: attributesOf(attributes), guards }),
    );
  }

  #partCopy({ upload, number, source: choice, range }: Extract<Command, { op: 'part-copy' }>): Step {
    const name = this.#choices.upload(upload);
    const source = this.#choices.source(choice);
    const headers = {
      ...sourceHeaders(source),
      ...(range === undefined ? {} : { 'x-cos-copy-source-range': `bytes=${range[0]}-${range[1]}` }),
    };
    const span = range === undefined ? undefined : { first: range[0], last: range[1] };
    return step('PUT', name.key, { params: partParams(number, name.id), headers }, () =>
      uploads.uploadPartCopy(this.bucket, { name, number, source, range: span }),
    );
  }

  #complete({ upload, numbers, wrongEtag, spelling, guard }: Extract<Command, { op: 'complete' }>): Step {
    const name = this.#choices.upload(upload);
    const stored = this.bucket.uploads.find(({ id }) => id === name.id)?.parts;
    const md5 = (number: number): string => md5Hex(stored?.get(number)?.body ?? Buffer.from('never'));
    const inOrder = [...(stored?.keys() ?? [])].sort((a, b) => a - b);
    const asked = numbers === undefined || numbers === 'again' ? inOrder : numbers;
    let listed: readonly uploads.ListedPart[] = asked.map((number) => ({ number, md5: md5(number) }));
    if (wrongEtag) listed = listed.map(({ number }) => ({ number, md5: md5Hex(Buffer.from(`wrong ${number}`)) }));
    if (numbers === 'again') listed = this.#lists.get(name.id) ?? listed;
    if (listed.length === 0) listed = [{ number: 1, md5: md5(1) }];
    this.#lists.set(name.id, listed);
    const guards = this.#choices.guards(guard, name.key);
    const tag = (hex: string): string => {
      if (spelling === 'bare') return hex;
      return `&quot;${spelling === 'upper' ? hex.toUpperCase() : hex}&quot;`;
    };
    const parts = listed.map(
      (part) => `<Part><PartNumber>${part.number}</PartNumber><ETag>${tag(part.md5)}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    return step('POST', name.key, { params: [['uploadId', name.id]], headers: guardHeaders(guards), body }, () =>
      uploads.complete(this.bucket, name, listed, guards),
    );
  }

  #deleteSeveral(targets: readonly TargetChoice[], quiet: boolean): Step {
    const deletions = targets.map((target) => this.#choices.deletion(target));
    const body: Text[] = [`<Delete><Quiet>${quiet}</Quiet>`];
    for (const { key, versionId, ifMatch } of deletions) {
      body.push(`<Object><Key>${escapeXml(key)}</Key>`);
      if (versionId !== undefined) body.push('<VersionId>', versionId, '</VersionId>');
      if (ifMatch !== undefined) body.push('<ETag>', ...tagList(ifMatch), '</ETag>');
      body.push('</Object>');
    }
    body.push('</Delete>');
    return step('POST', '', { params: [['delete', '']], body, digest: true }, () =>
      writes.deleteSeveral(this.bucket, deletions, quiet),
    );
  }

  #list(what: 'objects' | 'versions' | 'uploads', choice: ListChoice): Step {
    const { prefix, delimiter, marker, max, encoded, walk } = choice;
    const query = { prefix, delimiter, marker, idMarker: this.#choices.idMarker(what, choice), max: maxOf(what, max) };
    return this.#page(what, query, encoded, walk);
  }

  #page(what: 'objects' | 'versions' | 'uploads', query: listings.Query, encoded: boolean, walk: boolean): Step {
    const { prefix, delimiter, marker, idMarker, max } = query;
    const [markerName, idName, maxName] = LIST_PARAMS[what];
    const params: [string, Template][] = what === 'objects' ? [] : [[what, '']];
    const add = (name: string, value: Template): void => {
      if (name !== '' && value !== '') params.push([name, value]);
    };
    add('prefix', prefix);
    add('delimiter', delimiter);
    add(markerName, marker);
    add(idName, idMarker);
    add(maxName, max === undefined ? '' : String(max));
    add('encoding-type', encoded ? 'url' : '');
    let next: (() => Step) | undefined;
    return {
      ...step('GET', '', { params }, () => {
        const listed = LISTINGS[what](this.bucket, query);
        const behind = listed.next;
        if (walk && behind !== undefined) next = () => this.#page(what, { ...query, ...behind }, encoded, walk);
        return listed.answer;
      }),
      next: () => next?.(),
    };
  }
}

const LISTINGS = {
  objects: listings.listObjects,
  versions: listings.listVersions,
  uploads: listings.listUploads,
} as const;
/** Names of the marker, the id marker and the size of a page. */
const LIST_PARAMS = {
  objects: ['marker', '', 'max-keys'],
  versions: ['key-marker', 'version-id-marker', 'max-keys'],
  uploads: ['key-marker', 'upload-id-marker', 'max-uploads'],
} as const;

/** 0 is no page of versions (spec/buckets.md §7). */
function maxOf(what: string, max: number | undefined): number | undefined {
  return what === 'versions' && max === 0 ? 1 : max;
}

interface AskParts {
  readonly params?: Ask['params'];
  readonly headers?: Ask['headers'];
  readonly body?: Ask['body'];
  readonly digest?: boolean;
}

function step(method: string, key: string, parts: AskParts, expect: () => Answer): Step {
  const { params = [], headers = {}, body = NO_BODY, digest = false } = parts;
  return { ask: { method, key, params, headers, body, digest }, expect };
}

/** @param fill contents of one length are equal when this is */
function bytesOf({ size, fill }: { size: number; fill: number }): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, at) => (fill * 41 + at * 7) % 256));
}

function attributeHeaders({ contentType, note, storageClass }: AttributeChoice): Record<string, string> {
  return {
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(note === undefined ? {} : { 'x-cos-meta-note': note }),
    ...(storageClass === undefined ? {} : { 'x-cos-storage-class': storageClass }),
  };
}

function attributesOf({ contentType, note, storageClass }: AttributeChoice): Attributes {
  return {
    contentType: contentType ?? 'application/octet-stream',
    note,
    storageClass: storageClass ?? 'STANDARD',
  };
}

function tagList(tags: Tags): Text[] {
  return tags === '*' ? ['*'] : tags.flatMap((tag, at) => (at === 0 ? [tag] : [', ', tag]));
}

function conditionHeaders(conditions: Conditions, prefix: string): Record<string, Template> {
  const headers: Record<string, Template> = {};
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) headers[`${prefix}if-match`] = tagList(ifMatch);
  if (ifNoneMatch !== undefined) headers[`${prefix}if-none-match`] = tagList(ifNoneMatch);
  if (ifModifiedSince !== undefined) headers[`${prefix}if-modified-since`] = new Date(ifModifiedSince).toUTCString();
  if (ifUnmodifiedSince !== undefined) {
    headers[`${prefix}if-unmodified-since`] = new Date(ifUnmodifiedSince).toUTCString();
  }
  return headers;
}

function guardHeaders({ forbidOverwrite, ...conditions }: Guards): Record<string, Template> {
  return { ...conditionHeaders(conditions, ''), ...(forbidOverwrite ? { 'x-cos-forbid-overwrite': 'true' } : {}) };
}

function sourceHeaders({ key, versionId, conditions }: writes.Source): Record<string, Template> {
  const from = `${BUCKET}.cos.ap-guangzhou.myqcloud.com/${encodeURIComponent(key)}`;
  return {
    'x-cos-copy-source': versionId === undefined ? from : [`${from}?versionId=`, versionId],
    ...conditionHeaders(conditions, 'x-cos-copy-source-'),
  };
}

function versionParam(versionId: Text | undefined): [string, Template][] {
  return versionId === undefined ? [] : [['versionId', versionId]];
}

function partParams(number: number, uploadId: Text): [string, Template][] {
  return [
    ['partNumber', String(number)],
    ['uploadId', uploadId],
  ];
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** For DELETE Multiple Objects. */
export function contentMd5(body: Buffer): string {
  return createHash('md5').update(body).digest('base64');
}
