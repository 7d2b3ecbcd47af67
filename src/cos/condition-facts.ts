/** What conditions of policies can ask about a request. Source: spec/access.md §5.2. */
import type { Identity } from '../access/identity.ts';
import type { ConditionFacts } from '../access/policy/types.ts';
import type { WireRequest } from '../http/types.ts';

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
    return value === undefined ? undefined : [value];
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
      default:
        return undefined;
    }
  }
}

/** An IPv4 address that came over an IPv6 socket is an IPv4 address. */
function plainIp(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
