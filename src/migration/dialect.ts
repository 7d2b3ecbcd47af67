/**
 * `<Region>.migration.<domain>`: tasks that fetch a URL into a bucket, JSON both ways. Source: spec/buckets.md §30.
 */
import { authorize, authorizeBucket } from '../access/authorize.ts';
import type { AccessNote } from '../cos/access-note.ts';
import { checkKeyLength } from '../cos/decode/key.ts';
import { openSideRequest, refuseSideRequest, type SideHostOptions, type SideRequest } from '../cos/side-host.ts';
import { CosError } from '../errors/cos-error.ts';
import type { FetchDesk, ShownTask } from '../features/fetch-tasks/desk.ts';
import { parseBucketName } from '../http/bucket-name.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { type BucketEntry, loadBucket } from '../model/buckets.ts';
import { decodeTask } from './task-request.ts';

export interface MigrationOptions extends SideHostOptions {
  readonly desk: FetchDesk;
}

const STATUS = { waiting: 'TASK_DOING', done: 'TASK_DONE', failed: 'TASK_FAILED' } as const;

export class MigrationDialect {
  readonly #options: MigrationOptions;

  constructor(options: MigrationOptions) {
    this.#options = options;
  }

  /** @param region of the host */
  async handle(wire: WireRequest, region: string): Promise<WireReply> {
    const note: AccessNote = {};
    wire.note = note;
    try {
      const request = openSideRequest(this.#options, wire, note);
      return json(200, {
        code: 0,
        message: 'SUCCESS',
        request_id: wire.requestId,
        data: await this.#answer(request, region),
      });
    } catch (thrown) {
      const { error, resolved } = refuseSideRequest(this.#options, wire, note, thrown);
      const { code, status, message } = resolved;
      const close = error.details.close === true ? { close: true } : {};
      const { retryAfterSeconds } = error.details.facts ?? {};
      const headers = retryAfterSeconds === undefined ? [] : ['Retry-After', String(retryAfterSeconds)];
      return { ...json(status, { code, message, request_id: wire.requestId }, headers), ...close };
    }
  }

  async #answer(request: SideRequest, region: string): Promise<Readonly<Record<string, unknown>>> {
    const { wire, note } = request;
    const [name = '', task = '', ...more] = request.decodedPath.slice(1).split('/');
    if (name === '' || more.length > 0) throw new CosError('InvalidURI');
    const { full } = parseBucketName(name);
    note.bucket = full;
    const bucket = await loadBucket(this.#options.services, full);
    if (bucket.record.region !== region) throw new CosError('NoSuchBucket');
    if (wire.method === 'POST' && task === '') return this.#create(request, bucket);
    if (wire.method === 'GET' && task !== '') return this.#show(request, bucket, task);
    throw new CosError('MethodNotAllowed');
  }

  /** The task may write what whoever asks for it may write now. */
  async #create({ wire, note, identity, facts }: SideRequest, bucket: BucketEntry) {
    const { services, desk } = this.#options;
    note.operation = 'PutFetchTask';
    services.blocked?.requireAccount(bucket.record.appid);
    const context = { services, identity, facts, trace: note };
    await authorizeBucket(context, ['PutFetchTask'], bucket);
    const task = await decodeTask(wire, services);
    note.key = task.key;
    await authorize('bucket-write', ['PutObject'], context, bucket, [task.key]);
    checkKeyLength(task.key, services.limits.keyBytes);
    const taskid = await desk.create(bucket, task);
    return { taskid, taskId: taskid };
  }

  async #show({ note, identity, facts }: SideRequest, bucket: BucketEntry, id: string) {
    const { services, desk } = this.#options;
    note.operation = 'GetFetchTask';
    await authorizeBucket({ services, identity, facts, trace: note }, ['GetFetchTask'], bucket);
    const shown = await desk.find(bucket, id);
    if (shown === undefined) throw new CosError('InvalidArgument', { message: 'There is no task of that id.' });
    return shownTask(shown);
  }
}

/** SDKs read the message as `msg`. */
function shownTask({ task: { status, code, message }, percent }: ShownTask) {
  return { code, message, msg: message, percent, status: STATUS[status] };
}

function json(status: number, body: unknown, headers: readonly string[] = []): WireReply {
  return { status, headers: ['Content-Type', 'application/json', ...headers], body: JSON.stringify(body) };
}
