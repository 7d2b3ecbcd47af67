/** `<UIN>.cos-control.<Region>.<domain>`: batch jobs, in XML. Source: spec/buckets.md §29. */
import { authorizeAccount } from '../access/authorize.ts';
import type { AccessNote } from '../cos/access-note.ts';
import { emptyReply } from '../cos/codec.ts';
import { readXml, refuseBody } from '../cos/decode/body.ts';
import { renderError } from '../cos/errors.ts';
import { openSideRequest, refuseSideRequest, type SideHostOptions, type SideRequest } from '../cos/side-host.ts';
import { CosError } from '../errors/cos-error.ts';
import type { BatchDesk } from '../features/batch/desk.ts';
import { JOB_STATUSES, type JobStatus } from '../features/batch/record.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { decodeNewJob, decodePriority, MAX_REQUEST_BYTES } from './create-job.ts';
import { createdReply, describedReply, listedReply, priorityReply, statusReply } from './replies.ts';

export interface CosControlOptions extends SideHostOptions {
  readonly desk: BatchDesk;
  /** Whether an account has roles, and whether one of them is meant. */
  readonly roles: (ownerUin: string, arn: string) => { readonly any: boolean; readonly known: boolean };
}

/** Who asks for what. */
interface Call extends SideRequest {
  readonly region: string;
  readonly appid: string;
}

const MOST_LISTED = 1_000;
const MOST_REASON = 256;

export class CosControlDialect {
  readonly #options: CosControlOptions;

  constructor(options: CosControlOptions) {
    this.#options = options;
  }

  /** @param host what it names */
  async handle(wire: WireRequest, host: { readonly uin: string; readonly region: string }): Promise<WireReply> {
    const note: AccessNote = {};
    wire.note = note;
    const { services } = this.#options;
    try {
      const request = openSideRequest(this.#options, wire, note);
      const { identity } = request;
      if (identity.ownerUin !== host.uin) {
        throw new CosError('AccessDenied', { message: 'The host is of another account.' });
      }
      const appid = wire.header('x-cos-appid');
      if (appid === undefined) {
        throw new CosError('MissingAppid', { message: 'Missing required header for this request: x-cos-appid' });
      }
      if (appid !== identity.appid) throw new CosError('AccessDenied', { message: 'The APPID is of another account.' });
      services.blocked?.requireAccount(appid);
      return await this.#answer({ ...request, region: host.region, appid });
    } catch (thrown) {
      const { error, resolved } = refuseSideRequest(this.#options, wire, note, thrown);
      const context = {
        method: wire.method,
        resource: `${wire.host}${wire.rawPath}`,
        requestId: wire.requestId,
        traceId: services.ids.traceId(wire.requestId),
      };
      return renderError(error, resolved, context, services.clock.nowMs());
    }
  }

  #answer(call: Call): Promise<WireReply> {
    const [, root, id, part, ...more] = call.decodedPath.split('/');
    const { method } = call.wire;
    if (root !== 'jobs' || more.length > 0 || id === '') throw new CosError('InvalidURI');
    if (id === undefined) {
      if (method === 'POST') return this.#create(call);
      if (method === 'GET') return this.#list(call);
    } else if (part === undefined) {
      if (method === 'GET') return this.#describe(call, id);
      if (method === 'DELETE') return this.#remove(call, id);
    } else if (part === 'priority' || part === 'status') {
      if (method === 'POST') return part === 'priority' ? this.#priority(call, id) : this.#status(call, id);
    } else {
      throw new CosError('InvalidURI');
    }
    throw new CosError('MethodNotAllowed');
  }

  /** @throws CosError AccessDenied */
  #authorize({ identity, facts, note, appid, region }: Call, action: string): void {
    note.operation = action;
    authorizeAccount({ identity, facts, trace: note }, [action], appid, undefined, region);
  }

  async #create(call: Call): Promise<WireReply> {
    this.#authorize(call, 'CreateJob');
    const { identity, wire } = call;
    // The job has the rights of whoever made it: those of a temporary key end, and may be fewer than its identity's.
    if (identity.session !== undefined) {
      throw new CosError('AccessDenied', { message: 'A job is created with a permanent key.' });
    }
    const root = await readXml(wire, 'CreateJobRequest', MAX_REQUEST_BYTES, this.#options.services.limits);
    const { request, priority } = decodeNewJob(root);
    const { any, known } = this.#options.roles(identity.ownerUin, request.roleArn);
    if (!request.roleArn.startsWith(`qcs::cam::uin/${identity.ownerUin}:`) || (any && !known)) {
      throw new CosError('InvalidRequest', { message: 'RoleArn names no role of this account.' });
    }
    return createdReply(await this.#options.desk.create(identity, request, priority));
  }

  async #describe(call: Call, id: string): Promise<WireReply> {
    this.#authorize(call, 'DescribeJob');
    await refuseBody(call.wire);
    return describedReply(await this.#options.desk.find(call.appid, id));
  }

  async #list(call: Call): Promise<WireReply> {
    this.#authorize(call, 'ListJobs');
    await refuseBody(call.wire);
    const { query, appid } = call;
    const limit = decodeLimit(query.get('maxResults') || undefined);
    const statuses = decodeStatuses(query.get('jobStatuses') || undefined);
    const page = await this.#options.desk.list(appid, limit, query.get('nextToken') || undefined, statuses);
    return listedReply(page);
  }

  async #priority(call: Call, id: string): Promise<WireReply> {
    this.#authorize(call, 'UpdateJobPriority');
    await refuseBody(call.wire);
    const { desk } = this.#options;
    const job = await desk.find(call.appid, id);
    return priorityReply(await desk.setPriority(call.appid, job.id, decodePriority(call.query.get('priority'))));
  }

  async #status(call: Call, id: string): Promise<WireReply> {
    this.#authorize(call, 'UpdateJobStatus');
    await refuseBody(call.wire);
    const { desk } = this.#options;
    const wanted = call.query.get('requestedJobStatus');
    if (wanted !== 'Ready' && wanted !== 'Cancelled') {
      throw new CosError('InvalidArgument', { message: 'requestedJobStatus must be Ready or Cancelled.' });
    }
    const reason = call.query.get('statusUpdateReason') ?? '';
    if (Buffer.byteLength(reason) > MOST_REASON) {
      throw new CosError('InvalidArgument', { message: `statusUpdateReason has at most ${MOST_REASON} bytes.` });
    }
    return statusReply(await desk.setStatus(call.appid, id, wanted, reason));
  }

  async #remove(call: Call, id: string): Promise<WireReply> {
    this.#authorize(call, 'DeleteJob');
    await refuseBody(call.wire);
    await this.#options.desk.remove(call.appid, id);
    return emptyReply(204);
  }
}

function decodeLimit(text: string | undefined): number {
  if (text === undefined) return MOST_LISTED;
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > MOST_LISTED) {
    throw new CosError('InvalidArgument', { message: `maxResults must be a number from 1 to ${MOST_LISTED}.` });
  }
  return limit;
}

function decodeStatuses(text: string | undefined): ReadonlySet<JobStatus> | undefined {
  if (text === undefined) return undefined;
  const statuses = text.split(',').map((name) => JOB_STATUSES.find((status) => status === name.trim()));
  if (statuses.includes(undefined)) throw new CosError('InvalidArgument', { message: 'jobStatuses names no status.' });
  return new Set(statuses as JobStatus[]);
}
