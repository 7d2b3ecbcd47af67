/**
 * The COS XML API: from a request on the wire to an operation and back. Order of checks: spec/errors.md "Order of
 * checks" (host, identity, bucket, route, right to act, headers, state, body).
 */
import { authorize } from '../access/authorize.ts';
import { ANONYMOUS, type Identity, type KeyRing } from '../access/identity.ts';
import { CosError } from '../errors/cos-error.ts';
import type { HostResolver } from '../http/host.ts';
import { parseQuery, type QueryParams } from '../http/query.ts';
import { decodePath } from '../http/target.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { type BucketEntry, loadBucket } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { PENDING } from '../operations/pending.ts';
import { OPERATIONS } from '../operations/registry.ts';
import { Router } from '../operations/router.ts';
import type { AccessNote } from './access-note.ts';
import { addressOf } from './address.ts';
import { authenticate } from './authenticate.ts';
import type { AnyCodec } from './codec.ts';
import { CODECS } from './codecs/index.ts';
import { checkKeyLength } from './decode/key.ts';
import { asCosError, type ErrorSettings, type ResolvedError, renderError, resolve } from './errors.ts';
import { inMaintenance, requireOpen, requireRate } from './gates.ts';
import { keptAlive } from './kept-alive.ts';
import type { Address, CosRequest } from './request.ts';

export interface CosDialectOptions {
  readonly services: Services;
  readonly hosts: HostResolver;
  readonly keyRing: KeyRing;
  readonly defaultRegion: string;
  readonly errors: ErrorSettings;
  /** From so long on a long operation answers with blanks, one each so often, ms. */
  readonly slowAnswerMs: number;
  /** Told of errors that are ours, not the client's. */
  readonly onInternalError: (error: unknown, request: WireRequest | undefined) => void;
}

export class CosDialect {
  readonly #options: CosDialectOptions;
  readonly #router = new Router(OPERATIONS, PENDING);
  readonly #codecs = new Map<AnyOperation, AnyCodec>(CODECS.map((codec) => [codec.operation, codec]));

  readonly #resolveError: (error: CosError) => ResolvedError;

  readonly #onFault: (error: unknown) => void;
  readonly #traceId: (requestId: string) => string;

  constructor(options: CosDialectOptions) {
    this.#options = options;
    this.#onFault = (error) => options.onInternalError(error, undefined);
    this.#traceId = (requestId) => options.services.ids.traceId(requestId);
    this.#resolveError = (error) => resolve(error, options.errors);
  }

  async handle(request: WireRequest): Promise<WireReply> {
    const note: AccessNote = {};
    request.note = note;
    try {
      return await this.#answer(request, note);
    } catch (error) {
      return this.#refuse(error, request, note);
    }
  }

  async #answer(wire: WireRequest, note: AccessNote): Promise<WireReply> {
    const { services, hosts, defaultRegion } = this.#options;
    const address = addressOf(wire, hosts);
    note.bucket = address.bucket?.full;
    if (address.key !== '') note.key = address.key;
    if (services.settings.maintenance) throw inMaintenance();
    if (address.bucket !== undefined) requireRate(services, address.bucket.appid);
    const query = parseQuery(wire.rawQuery);
    const identity = wire.method === 'OPTIONS' ? ANONYMOUS : this.#identify(wire, address, query);
    if (identity.kind === 'root') {
      note.secretId = identity.secretId;
      if (address.bucket === undefined) requireRate(services, identity.appid);
    }
    const routed = this.#route(wire, address, query);
    const operation = routed instanceof Promise ? await routed : routed;
    note.operation = operation.name;
    const bucket = operation.needsBucket ? await this.#bucketOf(address) : undefined;
    requireOpen(services, address, operation);
    authorize(operation.access, identity, bucket?.record);
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
      note,
      keyRing: this.#options.keyRing,
      traceId: this.#traceId,
      onFault: this.#onFault,
      resolveError: this.#resolveError,
    };
    const decoded = codec.decode(request, services.limits);
    const input = decoded instanceof Promise ? await decoded : decoded;
    const context = { services, identity, bucket: bucket as BucketEntry };
    if (operation.longRunning) {
      const running = operation.run(context, input as never).then((output) => codec.encode(output as never, request));
      return keptAlive(running, this.#options.slowAnswerMs, (error) => this.#refuse(error, wire, note));
    }
    const output = await operation.run(context, input as never);
    return codec.encode(output as never, request);
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
    try {
      return this.#router.find({
        level: address.level,
        method: wire.method,
        queryNames: query.names,
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

function readablePath(rawPath: string): string {
  try {
    return decodePath(rawPath);
  } catch {
    return rawPath;
  }
}
