/**
 * The COS XML API: from a request on the wire to an operation and back. Order of checks: spec/errors.md "Order of
 * checks" (host, identity, bucket, route, right to act, headers, state, body).
 */
import { authorize } from '../access/authorize.ts';
import { ANONYMOUS, type Identity } from '../access/identity.ts';
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_CORS } from '../features/cors/bucket-cors.ts';
import { BUCKET_ORIGIN } from '../features/origin/rules.ts';
import { BUCKET_STRICT_SIGNATURE } from '../features/strict-signature/rules.ts';
import { parseQuery, type QueryParams } from '../http/query.ts';
import { readablePath } from '../http/target.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { hasConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import { getObject, headObject } from '../operations/get-object.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { requireAccelerated } from './accelerate.ts';
import type { AccessNote } from './access-note.ts';
import { type AddressRules, addressOf } from './address.ts';
import { asNamed, type BareNames, createBareNames } from './bare-names.ts';
import { BucketDoor } from './bucket-door.ts';
import { RequestFacts } from './condition-facts.ts';
import { addCors } from './cors.ts';
import { checkKeyLength } from './decode/key.ts';
import type { CosDialectOptions } from './dialect-options.ts';
import { disturbed } from './disturbed.ts';
import { asCosError } from './errors.ts';
import type { Face } from './face.ts';
import { Faces } from './faces.ts';
import { FaultDesk, slowed } from './fault-rules.ts';
import { FaultProfile } from './faults.ts';
import { inMaintenance, requireOpen, requireRate, requireWelcome } from './gates.ts';
import { keptAlive } from './kept-alive.ts';
import { LiveQuirks } from './live-quirks.ts';
import { isLogged, noteLog, noteRefusal, noteVisit, noteVisitError } from './logged.ts';
import { Moves } from './moves.ts';
import { backToSource } from './origin.ts';
import { type Address, type CosRequest, prefixKeys } from './request.ts';
import { strictRefusal } from './strict-signature.ts';
import { type InnerRead, innerRead, type Opened, siteOf } from './website/inner-read.ts';
import { errorPage, type PageFacts } from './website/pages.ts';
import { visitSite } from './website/visit.ts';
import { boundedError } from './wrong-signature.ts';

export type { CosDialectOptions };

/** What is known of a request's target so far. */
interface Subject {
  readonly face: Face;
  address: Address | undefined;
  bucket: BucketEntry | undefined;
}

export class CosDialect {
  readonly #options: CosDialectOptions;
  readonly #faces: Faces;
  readonly #bareNames: BareNames | undefined;
  readonly #door: BucketDoor;
  readonly #rules: AddressRules;
  readonly #quirks: LiveQuirks | undefined;
  readonly #faults: FaultProfile | undefined;
  readonly #faultDesk: FaultDesk | undefined;
  readonly #moves: Moves | undefined;
  readonly #onFault: (error: unknown) => void;
  readonly #traceId: (requestId: string) => string;

  constructor(options: CosDialectOptions) {
    const { services, keyRing, faces = [], bareNames } = options;
    this.#options = options;
    this.#faces = new Faces(faces, options.hosts, options.errors, () => this.#bareNames);
    this.#door = new BucketDoor(services);
    const claimedKey = (request: WireRequest) => this.#faces.of(request).claimedKey(request);
    this.#bareNames = bareNames && createBareNames({ ...bareNames, services, keyRing, claimedKey });
    this.#quirks = LiveQuirks.of(options.strict, options.hosts);
    const refused = options.pathStyle === 'refuse' || this.#quirks?.has('path-style') === true;
    this.#rules = { hosts: options.hosts, pathStyle: refused ? 'refuse' : 'accept' };
    this.#faults = FaultProfile.of(options.faults, options.services.limits.singleUploadBytes);
    this.#faultDesk = FaultDesk.of(options.faults);
    this.#moves = Moves.of(options.moves);
    this.#onFault = (error) => options.onInternalError(error, undefined);
    this.#traceId = (requestId) => options.services.ids.traceId(requestId);
  }

  #bounded(error: unknown, wire: WireRequest): unknown {
    const { failedSignatures, services } = this.#options;
    if (error === (wire.note as AccessNote).fault?.error) return error;
    return boundedError(error, failedSignatures, wire, services.clock.nowMs());
  }

  async handle(sent: WireRequest): Promise<WireReply> {
    const note: AccessNote = {};
    const face = this.#faces.of(sent);
    const subject: Subject = { face, address: undefined, bucket: undefined };
    const request = face.open(sent);
    request.note = note;
    let reply: WireReply;
    try {
      reply = await this.#answer(request, note, subject);
    } catch (error) {
      const pulled = this.#hasOrigin(subject) && subject.address?.website !== true;
      reply = pulled
        ? await this.#fromOrigin(error, request, note, subject).catch((thrown) =>
            this.#refuse(this.#bounded(thrown, request), request, note, subject),
          )
        : this.#refuse(this.#bounded(error, request), request, note, subject);
      subject.bucket ??= await this.#door.ifAny(subject.address);
      if (isLogged(subject.bucket)) {
        const route = () => this.#route(face, request, subject.address!, parseQuery(request.rawQuery));
        await noteRefusal(this.#options.services, subject.bucket, note, route);
      }
    }
    if (note.fault !== undefined)
      reply = await disturbed(reply, note, (error) => this.#refuse(error, request, note, subject));
    const { bucket } = subject;
    if (note.log !== undefined) note.answeredAtMs = this.#options.services.clock.monotonicMs();
    const spoken = this.#faces.spoken(subject.face, note.form);
    if (bucket !== undefined && hasConfig(bucket, BUCKET_CORS)) await this.#addCors(reply, request, bucket, spoken);
    return spoken.finish(reply, request);
  }

  /** An answer is not lost because the rules of its bucket cannot be read. */
  async #addCors(reply: WireReply, request: WireRequest, bucket: BucketEntry, face: Face): Promise<void> {
    const { services, onInternalError } = this.#options;
    try {
      await addCors(reply, request, bucket, services, face.corsByAskedMethod);
    } catch (error) {
      onInternalError(error, request);
    }
  }

  /** @param inner what is known already of a read on behalf of a website */
  async #answer(wire: WireRequest, note: AccessNote, subject: Subject, inner?: InnerRead): Promise<WireReply> {
    const { services, defaultRegion } = this.#options;
    const { face } = subject;
    const bareNames = this.#bareNames;
    let address: Address;
    let query: QueryParams;
    let identity: Identity;
    if (inner === undefined) {
      address = addressOf(wire, this.#rules, bareNames);
      if (address.bareName !== undefined) {
        address = { ...address, bucket: await bareNames!.settle(address.bucket!) };
      }
      subject.address = address;
      note.bucket = address.bucket?.full;
      if (address.key !== '') note.key = address.key;
      if (this.#moves !== undefined) await this.#moves.require(services, address, wire);
      if (services.settings.maintenance) throw inMaintenance();
      const asked = this.#faults?.answer(wire, address, note, (error) => this.#refuse(error, wire, note, subject));
      if (asked !== undefined) {
        const reply = await asked;
        subject.bucket = await this.#door.ifAny(address);
        return reply;
      }
      if (address.bucket !== undefined) requireRate(services, address.bucket.appid);
      query = parseQuery(wire.rawQuery);
      try {
        const signer = wire.method === 'OPTIONS' ? ANONYMOUS : this.#identify(face, wire, address, query);
        identity = signer instanceof Promise ? await signer : signer;
      } catch (error) {
        throw await this.#strictFirst(error, face, wire, address, query);
      }
      if (identity.kind !== 'anonymous') {
        note.secretId = identity.secretId;
        note.identity = identity;
        if (address.bucket === undefined) requireRate(services, identity.appid);
      }
      if (address.website === true && wire.method !== 'OPTIONS') {
        return this.#visit(wire, note, subject, { address, query, identity });
      }
    } else {
      ({ address, query, identity } = inner);
    }
    const routed = inner?.operation ?? this.#route(face, wire, address, query);
    const operation = routed instanceof Promise ? await routed : routed;
    note.operation = operation.name;
    if (this.#faultDesk !== undefined) this.#faultDesk.ask(wire, note, address, identity);
    this.#quirks?.require(wire, address, operation);
    const bucket = operation.needsBucket ? await this.#door.of(address) : undefined;
    subject.bucket = bucket;
    if (isLogged(bucket)) await noteLog(services, bucket, note);
    requireOpen(services, address, operation);
    if (bucket !== undefined) face.requireBucket?.(wire, bucket.record);
    if (address.accelerated === true) requireAccelerated(bucket, operation);
    if (bucket !== undefined) {
      const welcome = requireWelcome(services, bucket, operation, identity, wire, query);
      if (welcome !== undefined) await welcome;
    }
    const context = {
      services: note.fault === undefined ? services : this.#faultDesk!.services(services, note),
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
    const codec = face.codecs.get(operation)!;
    // Field by field: a spread costs more than the rest of this function.
    const request: CosRequest = {
      level: address.level,
      bucket: address.bucket,
      bareName: address.bareName,
      region: address.region,
      key: address.key,
      decodedPath: address.decodedPath,
      wire: note.fault === undefined ? wire : slowed(wire, note),
      query: inner === undefined ? query : inner.shownQuery,
      identity,
      defaultRegion,
      bareNames,
      bucketLabel: face.bareLabels && bareNames !== undefined ? bareNames.labelOf : asNamed,
      note,
      forms: this.#faces.forms,
      keyRing: this.#options.keyRing,
      traceId: this.#traceId,
      onFault: this.#onFault,
      resolveError: this.#faces.resolver(face),
    };
    const decoded = codec.decode(request, services.limits);
    const input = decoded instanceof Promise ? await decoded : decoded;
    if (operation.longRunning) {
      const running = operation.run(context, input as never).then((output) => codec.encode(output as never, request));
      return keptAlive(running, this.#options.slowAnswerMs, (error) => this.#refuse(error, wire, note, subject));
    }
    const output = await operation.run(context, input as never);
    const reply = codec.encode(output as never, request);
    return this.#quirks === undefined ? reply : this.#quirks.shown(reply, wire, operation);
  }

  #hasOrigin({ bucket }: Subject): boolean {
    return bucket !== undefined && hasConfig(bucket, BUCKET_ORIGIN);
  }

  /** What the bucket's origin has instead of an error. @throws the error where that stays */
  async #fromOrigin(
    error: unknown,
    wire: WireRequest,
    note: AccessNote,
    subject: Subject,
    inner?: InnerRead,
  ): Promise<WireReply> {
    const { face, address, bucket } = subject;
    const { operation } = note;
    const isRead = operation === getObject.name || operation === headObject.name;
    const isReal = error instanceof CosError && error !== note.fault?.error;
    if (bucket === undefined || !isRead || !isReal) throw error;
    const { status } = this.#faces.resolver(face)(error);
    const query = inner?.shownQuery ?? parseQuery(wire.rawQuery);
    // What is pulled is encrypted then, and nothing for the anonymous (spec/objects.md §5.3): not the first time either.
    const mayRead = note.identity !== undefined || bucket.record.encryption === undefined;
    const reply = await backToSource({
      services: this.#options.services,
      bucket,
      wire,
      key: (inner?.address ?? address)?.key ?? '',
      query,
      status,
      missing: error.code === 'NoSuchKey' && !query.get('versionid') && mayRead,
      again: () => this.#answer(wire, note, { face, address, bucket }, inner),
    });
    if (reply === undefined) throw error;
    return reply;
  }

  /** A website host: which objects answer is for the site to say; they are read as on every host. */
  async #visit(wire: WireRequest, note: AccessNote, subject: Subject, opened: Opened): Promise<WireReply> {
    const { address } = opened;
    const { services, httpsPort } = this.#options;
    const bucket = await this.#door.of(address);
    subject.bucket = bucket;
    const site = await siteOf(services, bucket, wire.method);
    const visit = visitSite({
      site,
      wire,
      key: address.key,
      facts: this.#pageFacts(wire, address),
      httpsPort: httpsPort?.(),
      resolve: (error) => noteVisitError(note, this.#faces.resolver(subject.face)(error)),
      read: (key, mode) => {
        const { request, read } = innerRead(wire, opened, key, mode);
        const answer = this.#answer(request, note, subject, read);
        if (!this.#hasOrigin(subject)) return answer;
        return answer.catch((error) => this.#fromOrigin(error, request, note, subject, read));
      },
    });
    return visit.then(
      (reply) => {
        noteVisit(note, wire.method, reply.status);
        return reply;
      },
      (error) => {
        noteVisit(note, wire.method);
        throw error;
      },
    );
  }

  #pageFacts({ method, requestId }: WireRequest, { key }: Address): PageFacts {
    return { method, key, requestId, traceId: this.#traceId(requestId) };
  }

  #identify(face: Face, wire: WireRequest, address: Address, query: QueryParams): Identity | Promise<Identity> {
    const { services, keyRing } = this.#options;
    return face.authenticate(wire, address, query, keyRing, services.clock.nowMs());
  }

  /** What a bucket wants in signatures is said before how a signature differs (spec/protocol.md §16). */
  async #strictFirst(
    error: unknown,
    face: Face,
    wire: WireRequest,
    address: Address,
    query: QueryParams,
  ): Promise<unknown> {
    if (!(error instanceof CosError) || error.code !== 'SignatureDoesNotMatch') return error;
    const bucket = await this.#door.ifAny(address);
    if (bucket === undefined || !hasConfig(bucket, BUCKET_STRICT_SIGNATURE)) return error;
    try {
      const operation = await this.#route(face, wire, address, query);
      return (await strictRefusal(this.#options.services, bucket, operation, wire, query)) ?? error;
    } catch {
      return error;
    }
  }

  /** A bucket that is not there is said before a method that is not (spec/errors.md "Order of checks" 7, 8). */
  async #misrouted(error: unknown, address: Address): Promise<never> {
    if (address.bucket !== undefined) {
      await this.#door.of(address);
      this.#options.services.blocked?.requireAccount(address.bucket.appid);
    }
    throw error;
  }

  #route(face: Face, wire: WireRequest, address: Address, query: QueryParams): AnyOperation | Promise<never> {
    const preflight = wire.method === 'OPTIONS' && address.bucket !== undefined;
    try {
      // A preflight is about an address, whatever operation its query would name.
      return face.router.find({
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

  #refuse(thrown: unknown, wire: WireRequest, note: AccessNote, subject: Subject): WireReply {
    const { services, onInternalError, refusals } = this.#options;
    const { address } = subject;
    const face = this.#faces.spoken(subject.face, note.form);
    const error = asCosError(thrown);
    const resolved = this.#faces.resolver(face)(error);
    note.code = resolved.code;
    note.message = resolved.message;
    if (error.details.rule !== undefined) note.rule = error.details.rule;
    if (error !== thrown) onInternalError(thrown, wire);
    if (resolved.status < 500 && error !== note.fault?.error && face.explained)
      refusals?.add(wire, note, resolved, services.clock.nowMs());
    const context = {
      method: wire.method,
      resource: `${wire.host}${readablePath(wire.rawPath)}`,
      requestId: wire.requestId,
      traceId: services.ids.traceId(wire.requestId),
      bucket: address?.bareName ?? address?.bucket?.full,
      key: address?.key,
    };
    const reply = face.renderError(error, resolved, context, services.clock.nowMs());
    return address?.website === true ? errorPage(resolved, this.#pageFacts(wire, address), reply) : reply;
  }
}
