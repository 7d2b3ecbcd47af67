/**
 * Where other Cosette servers leave their replicas, if the operator wants that (`replication.accept`):
 * `PUT /_cosette/replica/v1/<region>/<bucket>/<key>` with the version in the header `x-cosette-replica`, which must be
 * signed; without a key, `GET` tells what the bucket is like. The signer is the root account that the bucket belongs to,
 * with a permanent key.
 */
import type { KeyRing } from '../access/identity.ts';
import type { AccessNote } from '../cos/access-note.ts';
import { checkKeyLength } from '../cos/decode/key.ts';
import { REPLICA_HEADER, REPLICA_PREFIX, readReplicaHeader } from '../cos/replication/replica-header.ts';
import { parseAuthorization } from '../cos/signature/fields.ts';
import { CosError } from '../errors/cos-error.ts';
import { placeReplica } from '../features/replication/replica.ts';
import { parseQuery } from '../http/query.ts';
import { decodePath } from '../http/target.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { type BucketEntry, findBucket } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';
import type { Clock } from '../platform/clock.ts';
import { forbidden, verified } from './admin/caller.ts';
import { AdminError, codeOf, errorReply, json } from './admin/reply.ts';

export interface ReplicaIntakeOptions {
  readonly services: Services;
  readonly keyRing: KeyRing;
  /** Of signatures: the real time. */
  readonly clock: Clock;
  readonly onInternalError: (error: unknown, request: WireRequest) => void;
}

export class ReplicaIntake {
  readonly #options: ReplicaIntakeOptions;

  constructor(options: ReplicaIntakeOptions) {
    this.#options = options;
  }

  async handle(request: WireRequest): Promise<WireReply> {
    const note: AccessNote = { operation: `replica:${request.method}` };
    request.note = note;
    try {
      return await this.#answer(request, note);
    } catch (error) {
      const reply = errorReply(error);
      note.code = codeOf(error);
      if (reply.status === 500) this.#options.onInternalError(error, request);
      // What was sent behind a refusal is not read.
      return request.body.length === 0 ? reply : { ...reply, close: true };
    }
  }

  async #answer(request: WireRequest, note: AccessNote): Promise<WireReply> {
    const { services, keyRing, clock } = this.#options;
    if (services.settings.maintenance) throw new CosError('ServiceUnavailable');
    const { region, name, key } = targetOf(request);
    note.bucket = name;
    const caller = verified(request, parseQuery(request.rawQuery), keyRing, clock.nowMs());
    note.secretId = caller.secretId;
    note.identity = caller;
    const bucket = await findBucket(services, name);
    if (bucket === undefined || bucket.record.region !== region) throw new CosError('NoSuchBucket');
    if (bucket.record.ownerUin !== caller.ownerUin) throw forbidden('The bucket belongs to another account.');
    if (request.method === 'GET' && key === '') return json(200, { versioning: bucket.record.versioning });
    if (request.method !== 'PUT' || key === '') {
      throw new AdminError(405, 'MethodNotAllowed', 'Replicas are put.', ['PUT']);
    }
    note.key = key;
    checkKeyLength(key, services.limits.keyBytes);
    return this.#place(request, bucket, key);
  }

  async #place(request: WireRequest, bucket: BucketEntry, key: string): Promise<WireReply> {
    const header = request.header(REPLICA_HEADER);
    const authorization = request.header('authorization');
    if (header === undefined || authorization === undefined)
      throw forbidden(`The header ${REPLICA_HEADER} is missing.`);
    const { fields } = parseAuthorization(authorization);
    if (!fields.headers.some(({ name }) => name === REPLICA_HEADER)) {
      throw forbidden(`The header ${REPLICA_HEADER} must be signed.`);
    }
    const placed = await placeReplica(this.#options.services, bucket, key, readReplicaHeader(header), request.body);
    const { length, endedAtMs } = request.body;
    if (placed === 'present' && length !== 0 && endedAtMs === undefined) {
      // Whoever sends it again hears so once it has sent.
      for await (const _ of request.body.chunks(Number.MAX_SAFE_INTEGER));
    }
    return { status: 204, headers: ['Cache-Control', 'no-store'] };
  }
}

function targetOf({ rawPath }: WireRequest): { region: string; name: string; key: string } {
  const [region = '', name = '', ...rest] = rawPath.slice(REPLICA_PREFIX.length).split('/');
  if (region === '' || name === '') throw new AdminError(404, 'NotFound', 'There is no such page.');
  return { region: decodePath(region), name: decodePath(name), key: decodePath(rest.join('/')) };
}
