/**
 * The COS XML API: from a request on the wire to an operation and back. Order of checks: spec/errors.md "Order of
 * checks" (host, identity, bucket, route, right to act, headers, state, body).
 */
import { authorize } from '../access/authorize.ts';
import { ANONYMOUS, type Identity, type KeyRing } from '../access/identity.ts';
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_CORS } from '../features/cors/bucket-cors.ts';
import type { HostResolver } from '../http/host.ts';
import { parseQuery, type QueryParams } from '../http/query.ts';
import { decodePath } from '../http/target.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { hasConfig } from '../model/bucket-configs.ts';
import { type BucketEntry, loadBucket } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { PENDING } from '../operations/pending.ts';
import { OPERATIONS } from '../operations/registry.ts';
import { Router } from '../operations/router.ts';
import type { AccessNote } from './access-note.ts';
import { type AddressRules, addressOf } from './address.ts';
import { authenticate } from './authenticate.ts';
import type { AnyCodec } from './codec.ts';
import { CODECS } from './codecs/index.ts';
import { RequestFacts } from './condition-facts.ts';
import { addCors } from './cors.ts';
import { checkKeyLength } from './decode/key.ts';
import { asCosError, type ErrorSettings, type ResolvedError, renderError, resolve } from './errors.ts';
import { FaultProfile, type FaultSettings } from './faults.ts';
import { inMaintenance, requireOpen, requireRate } from './gates.ts';
import { keptAlive } from './kept-alive.ts';
import type { Address, CosRequest } from './request.ts';
import { claimedSecretId } from './signature/claimed-key.ts';

export interface CosDialectOptions {
  readonly services: Services;
  readonly hosts: HostResolver;
  /** Whether buckets may stand in the path. Default: `accept`. */
  readonly pathStyle?: 'accept' | 'refuse';
  /** APPID of buckets that are named without one, where the signer has none. Default: such names are not taken. */
  readonly bareAppid?: string;
  /** Buckets whose objects ask for faults. Default: none. */
  readonly faults?: FaultSettings;
  readonly keyRing: KeyRing;
  readonly defaultRegion: string;
  readonly errors: ErrorSettings;
  /** From so long on a long operation answers with blanks, one each so often, ms. */
  readonly slowAnswerMs: number;
  /** Told of errors that are ours, not the client's. */
  readonly onInternalError: (error: unknown, request: WireRequest | undefined) => void;
}

/** What is known of a request's target so far. */
interface Subject {
  address: Address | undefined;
  bucket: BucketEntry | undefined;
}

export class CosDialect {
  readonly #options: CosDialectOptions;
  readonly #router = new Router(OPERATIONS, PENDING);
  readonly #codecs = new Map<AnyOperation, AnyCodec>(CODECS.map((codec) => [codec.operation, codec]));

  readonly #rules: AddressRules;
  readonly #faults: FaultProfile | undefined;
  readonly #resolveError: (error: CosError) => ResolvedError;

  readonly #onFault: (error: unknown) => void;
  readonly #traceId: (requestId: string) => string;

  constructor(options: CosDialectOptions) {
    this.#options = options;
    this.#rules = { hosts: options.hosts, pathStyle: options.pathStyle ?? 'accept' };
    const { faults } = options;
    if (faults !== undefined && faults.buckets.length > 0) {
      this.#faults = new FaultProfile(faults, options.services.limits.singleUploadBytes);
    }
    this.#onFault = (error) => options.onInternalError(error, undefined);
    this.#traceId = (requestId) => options.services.ids.traceId(requestId);
    this.#resolveError = (error) => resolve(error, options.errors);
  }

  async handle(request: WireRequest): Promise<WireReply> {
    const note: AccessNote = {};
    const subject: Subject = { address: undefined, bucket: undefined };
    request.note = note;
    let reply: WireReply;
    try {
      reply = await this.#answer(request, note, subject);
    } catch (error) {
      reply = this.#refuse(error, request, note);
      subject.bucket ??= await this.#bucketIfAny(subject.address);
    }
    const { bucket } = subject;
    return bucket === undefined || !hasConfig(bucket, BUCKET_CORS) ? reply : this.#withCors(reply, request, bucket);
  }

  /** An answer is not lost because the rules of its bucket cannot be read. */
  async #withCors(reply: WireReply, request: WireRequest, bucket: BucketEntry): Promise<WireReply> {
    const { services, onInternalError } = this.#options;
    try {
      await addCors(reply, request, bucket, services);
    } catch (error) {
      onInternalError(error, request);
    }
    return reply;
  }

  /** The bucket of a request that was refused before anybody looked: a browser must be able to read that answer too. */
  async #bucketIfAny(address: Address | undefined): Promise<BucketEntry | undefined> {
    if (address?.bucket === undefined) return undefined;
    try {
      return await this.#bucketOf(address);
    } catch {
      return undefined;
    }
  }

  async #answer(wire: WireRequest, note: AccessNote, subject: Subject): Promise<WireReply> {
    const { services, defaultRegion } = this.#options;
    const bareAppid = this.#bareAppid(wire);
    const address = addressOf(wire, this.#rules, bareAppid);
    subject.address = address;
    note.bucket = address.bucket?.full;
    if (address.key !== '') note.key = address.key;
    if (services.settings.maintenance) throw inMaintenance();
    const asked = this.#faults?.answer(wire, address, (error) => this.#refuse(error, wire, note));
    if (asked !== undefined) {
      const reply = await asked;
      subject.bucket = await this.#bucketIfAny(address);
      return reply;
    }
    if (address.bucket !== undefined) requireRate(services, address.bucket.appid);
    const query = parseQuery(wire.rawQuery);
    const identity = wire.method === 'OPTIONS' ? ANONYMOUS : this.#identify(wire, address, query);
    if (identity.kind !== 'anonymous') {
      note.secretId = identity.secretId;
      if (address.bucket === undefined) requireRate(services, identity.appid);
    }
    const routed = this.#route(wire, address, query);
    const operation = routed instanceof Promise ? await routed : routed;
    note.operation = operation.name;
    const bucket = operation.needsBucket ? await this.#bucketOf(address) : undefined;
    subject.bucket = bucket;
    requireOpen(services, address, operation);
    const context = {
      services,
      actions: operation.actions,
      identity,
      facts: new RequestFacts(wire, query, identity),
      trace: note,
      bucket: bucket as BucketEntry,
    };
    const keys = operation.byPrefix ? prefixKeys(query) : [address.key];
    const judged = authorize(operation.access, operation.actions, context, bucket, keys);
    if (judged !== undefined) await judged;
    checkKeyLength(address.key, services.limits.keyBytes);
    const codec = this.#codecs.get(operation)!;
    // Field by field: a spread costs more than the rest of this function.
    const request: CosRequest = {
      level: address.level,
      bucket: address.bucket,
      region: address.region,
      key: address.key,
      decodedPath: address.decodedPath,
      wire,
      query,
      identity,
      defaultRegion,
      bareAppid,
      note,
      keyRing: this.#options.keyRing,
      traceId: this.#traceId,
      onFault: this.#onFault,
      resolveError: this.#resolveError,
    };
    const decoded = codec.decode(request, services.limits);
    const input = decoded instanceof Promise ? await decoded : decoded;
    if (operation.longRunning) {
      const running = operation.run(context, input as never).then((output) => codec.encode(output as never, request));
      return keptAlive(running, this.#options.slowAnswerMs, (error) => this.#refuse(error, wire, note));
    }
    const output = await operation.run(context, input as never);
    return codec.encode(output as never, request);
  }

  /** APPID of a bucket that a request names without one: the signer's. undefined where such names are not taken. */
  #bareAppid(wire: WireRequest): (() => string) | undefined {
    const { bareAppid, keyRing } = this.#options;
    if (bareAppid === undefined) return undefined;
    return () => keyRing.find(claimedSecretId(wire) ?? '')?.identity.appid ?? bareAppid;
  }

  #identify(wire: WireRequest, address: Address, query: QueryParams): Identity {
    const { services, keyRing } = this.#options;
    return authenticate(wire, address, query, keyRing, services.clock.nowMs());
  }

  /** A bucket that is not there is said before a method that is not (spec/errors.md "Order of checks" 7, 8). */
  async #misrouted(error: unknown, address: Address): Promise<never> {
    if (address.bucket !== undefined) {
      await this.#bucketOf(address);
      this.#options.services.blocked?.requireAccount(address.bucket.appid);
    }
    throw error;
  }

  #route(wire: WireRequest, address: Address, query: QueryParams): AnyOperation | Promise<never> {
    const preflight = wire.method === 'OPTIONS' && address.bucket !== undefined;
    try {
      // A preflight is about an address, whatever operation its query would name.
      return this.#router.find({
        level: preflight ? 'object' : address.level,
        method: wire.method,
        queryNames: preflight ? [] : query.names,
        copy: wire.method === 'PUT' && wire.header('x-cos-copy-source') !== undefined,
        listType: query.size === 0 ? undefined : query.get('list-type'),
      });
    } catch (error) {
      return this.#misrouted(error, address);
    }
  }

  /** The bucket, if it is where the host says (spec/protocol.md §2: another region is NoSuchBucket). */
  async #bucketOf({ bucket, region }: Address): Promise<BucketEntry> {
    const entry = await loadBucket(this.#options.services, bucket!.full);
    if (region !== undefined && region !== entry.record.region) throw new CosError('NoSuchBucket');
    return entry;
  }

  #refuse(thrown: unknown, wire: WireRequest, note: AccessNote): WireReply {
    const { services, errors, onInternalError } = this.#options;
    const error = asCosError(thrown);
    const resolved = resolve(error, errors);
    note.code = resolved.code;
    if (error.details.rule !== undefined) note.rule = error.details.rule;
    if (error !== thrown) onInternalError(thrown, wire);
    const context = {
      method: wire.method,
      resource: `${wire.host}${readablePath(wire.rawPath)}`,
      requestId: wire.requestId,
      traceId: services.ids.traceId(wire.requestId),
    };
    return renderError(error, resolved, context, services.clock.nowMs());
  }
}

/** A listing is about the bucket and about its prefix (spec/access.md §10). */
function prefixKeys(query: QueryParams): string[] {
  const prefix = query.size === 0 ? undefined : query.get('prefix');
  return prefix === undefined || prefix === '' ? [''] : ['', prefix];
}

function readablePath(rawPath: string): string {
  try {
    return decodePath(rawPath);
  } catch {
    return rawPath;
  }
}
