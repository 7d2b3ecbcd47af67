/** What conditions of policies can ask about a request. Source: spec/access.md §5.2. */
import type { Identity } from '../access/identity.ts';
import type { ConditionFacts } from '../access/policy/types.ts';
import type { WireRequest } from '../http/types.ts';
import { parseCopySource } from './decode/copy-source.ts';
import { decodeTagHeader } from './decode/tags.ts';

/** Where headers are read: the request, or the fields of a form. */
export interface FactSource {
  header(name: string): string | undefined;
}

/** The part of a query that is asked. */
export interface FactQuery {
  readonly size: number;
  get(name: string): string | undefined;
}

export class RequestFacts implements ConditionFacts {
  readonly #wire: WireRequest;
  readonly #query: FactQuery;
  readonly #identity: Identity;
  readonly #source: FactSource;

  /** @param source of headers; the fields of a form take their place */
  constructor(wire: WireRequest, query: FactQuery, identity: Identity, source: FactSource = wire) {
    this.#wire = wire;
    this.#query = query;
    this.#identity = identity;
    this.#source = source;
  }

  get(key: string): readonly string[] | undefined {
    const value = this.#valueOf(key);
    return value === undefined ? this.#several(key) : [value];
  }

  #valueOf(key: string): string | undefined {
    const wire = this.#wire;
    switch (key) {
      case 'qcs:ip':
        return plainIp(wire.remoteAddress);
      case 'qcs:current_time':
        return new Date(wire.receivedAtMs).toISOString();
      case 'qcs:uin':
        return this.#identity.kind === 'anonymous' ? undefined : this.#identity.uin;
      case 'qcs:owner_uin':
        return this.#identity.kind === 'anonymous' ? undefined : this.#identity.ownerUin;
      case 'cos:secure-transport':
        return String(wire.secure);
      case 'cos:tls-version':
        return wire.tlsVersion;
      case 'cos:content-length':
        // Of a body in chunks nobody knows the length: it counts as too long for every bound.
        return wire.body.unannounced ? undefined : String(wire.body.length ?? Number.MAX_SAFE_INTEGER);
      case 'cos:content-type':
        return this.#source.header('content-type');
      case 'cos:x-cos-storage-class':
        return this.#source.header('x-cos-storage-class');
      case 'cos:x-cos-acl':
        return this.#source.header('x-cos-acl');
      case 'cos:versionid':
        return this.#query.get('versionid') || undefined;
      case 'cos:prefix':
        return this.#query.get('prefix');
      case 'cos:response-content-type':
        return this.#query.get('response-content-type');
      case 'aws:useragent':
        return this.#source.header('user-agent');
      case 'aws:referer':
        return this.#source.header('referer');
      case 's3:delimiter':
      case 's3:max-keys':
        return this.#query.get(key.slice(S3.length));
      case 's3:object-lock-mode':
      case 's3:object-lock-legal-hold':
      case 's3:object-lock-retain-until-date':
        return this.#source.header(`x-cos-${key.slice(S3.length)}`);
      case 's3:signatureversion':
        return this.#signatureVersion();
      case 's3:authtype':
        return this.#authType();
      case 's3:x-amz-content-sha256':
        return this.#source.header('x-amz-content-sha256');
      case 's3:x-amz-metadata-directive':
        return this.#source.header('x-cos-metadata-directive')?.toUpperCase();
      case SOURCE:
      case CLASS:
        return undefined;
      default:
        return key.startsWith(S3_HEADER) ? this.#header(key.slice(S3_HEADER.length)) : undefined;
    }
  }

  /** What has several values, or one in several spellings. */
  #several(key: string): readonly string[] | undefined {
    if (key === SOURCE) return sourcesIn(this.#source.header('x-cos-copy-source'));
    if (key === CLASS) return classesIn(this.#source.header('x-cos-storage-class'));
    return this.#tags(key);
  }

  /** Of Amazon S3; signatures of COS have no such name. */
  #signatureVersion(): string | undefined {
    const algorithm = this.#source.header('x-amz-algorithm') ?? this.#query.get('x-amz-algorithm');
    if (algorithm !== undefined) return algorithm;
    const scheme = /^AWS[^ ]*(?= )/.exec(this.#wire.header('authorization') ?? '')?.[0];
    if (scheme !== undefined) return scheme;
    const keyId = this.#source.header('awsaccesskeyid') ?? this.#query.get('awsaccesskeyid');
    return keyId === undefined ? undefined : 'AWS';
  }

  #authType(): string | undefined {
    if (this.#identity.kind === 'anonymous') return undefined;
    if (this.#source !== this.#wire) return 'POST';
    return this.#wire.header('authorization') === undefined ? 'REST-QUERY-STRING' : 'REST-HEADER';
  }

  #tags(key: string): readonly string[] | undefined {
    if (key !== REQUEST_TAG_KEYS && !key.startsWith(REQUEST_TAG)) return undefined;
    const tags = tagsIn(this.#source.header('x-cos-tagging'));
    const values: string[] = [];
    for (let i = 0; i + 1 < tags.length; i += 2) {
      if (key === REQUEST_TAG_KEYS) values.push(tags[i]!);
      else if (tags[i] === key.slice(REQUEST_TAG.length)) values.push(tags[i + 1]!);
    }
    return values.length === 0 ? undefined : values;
  }

  /** A header by its name in S3, whose policies have its words. */
  #header(rest: string): string | undefined {
    const name = rest === 'server-side-encryption-aws-kms-key-id' ? 'server-side-encryption-cos-kms-key-id' : rest;
    const value = this.#source.header(`x-cos-${name}`);
    if (rest === 'server-side-encryption' && value === 'cos/kms') return 'aws:kms';
    return rest.startsWith('grant-') ? value?.replaceAll(COS_GROUPS, S3_GROUPS) : value;
  }
}

/** A copy source as `bucket/key`, decoded, with the name of the bucket and with the one without APPID. */
function sourcesIn(header: string | undefined): readonly string[] | undefined {
  if (header === undefined) return undefined;
  try {
    const { label, key } = parseCopySource(header);
    const bucket = label.split('.', 1)[0]!;
    return [`${bucket}/${key}`, `${bucket.replace(/-\d+$/, '')}/${key}`];
  } catch {
    return [header];
  }
}

/** The words of both protocols for a class. */
function classesIn(word: string | undefined): readonly string[] | undefined {
  if (word === undefined) return undefined;
  const other = Object.hasOwn(S3_CLASSES, word) ? S3_CLASSES[word]! : undefined;
  return other === undefined ? [word] : [word, other];
}

const S3_CLASSES: Readonly<Record<string, string>> = { ARCHIVE: 'GLACIER', COLD: 'GLACIER_IR' };
const S3_GROUPS = 'http://acs.amazonaws.com/groups/global/';
const COS_GROUPS = 'http://cam.qcloud.com/groups/global/';

const S3 = 's3:';
const S3_HEADER = 's3:x-amz-';
const SOURCE = 's3:x-amz-copy-source';
const CLASS = 's3:x-amz-storage-class';
const REQUEST_TAG = 's3:requestobjecttag/';
const REQUEST_TAG_KEYS = 's3:requestobjecttagkeys';

/** Tags that are none are told of by who stores them. */
function tagsIn(header: string | undefined): readonly string[] {
  try {
    return decodeTagHeader(header) ?? [];
  } catch {
    return [];
  }
}

/** An IPv4 address that came over an IPv6 socket is an IPv4 address. */
function plainIp(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
