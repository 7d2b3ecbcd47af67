/** Does the tasks of batch jobs through the operations, with the rights of whoever made the job. Source: spec/buckets.md §29. */
import { aboutVersion, authorize, authorizeObject } from '../access/authorize.ts';
import type { SignedIdentity } from '../access/identity.ts';
import type { ConditionFacts } from '../access/policy/types.ts';
import { guessContentType } from '../cos/decode/attributes.ts';
import { asCosError, type ErrorSettings, resolve } from '../cos/errors.ts';
import { CosError } from '../errors/cos-error.ts';
import type { BatchPorts, TaskOutcome } from '../features/batch/job.ts';
import type { BatchTask, ManifestObject } from '../features/batch/manifest.ts';
import type { BatchJob } from '../features/batch/record.ts';
import type { ReportFile } from '../features/batch/report.ts';
import { parseXml } from '../http/xml.ts';
import type { RequestedAttributes } from '../model/admission.ts';
import { type BucketEntry, loadBucket } from '../model/buckets.ts';
import { contentStream, openCopySource } from '../model/copy.ts';
import { NO_DIGESTS } from '../model/ingest.ts';
import { readObject } from '../model/read-object.ts';
import type { ObjectAttributes } from '../model/records/attributes.ts';
import type { Services } from '../model/services.ts';
import { checkTags } from '../model/tags.ts';
import { UNCONDITIONAL } from '../model/write-object.ts';
import { putObjectTagging } from '../operations/object-tagging.ts';
import type { AnyOperation, BucketContext } from '../operations/operation.ts';
import { postObjectRestore } from '../operations/post-object-restore.ts';
import { putObject } from '../operations/put-object.ts';
import { putObjectCopy } from '../operations/put-object-copy.ts';
import { type BatchOperation, type CopyOperation, decodeOperation, type TaggingOperation } from './batch-operation.ts';

export interface ExecutorOptions {
  readonly services: Services;
  readonly errors: ErrorSettings;
  readonly identityOf: (ownerUin: string, uin: string) => SignedIdentity | undefined;
  /** Told of faults of ours. */
  readonly onInternalError: (error: unknown) => void;
}

const READ_BYTES = 1024 * 1024;
/** Nobody waits: what is too fast for a limit, or meets somebody else's change, is done a little later. */
const PASSING: ReadonlySet<string> = new Set(['SlowDown', 'PathConflict', 'UploadConflict']);
const MOST_TRIES = 20;
const PAUSE_MS = 500;

export class BatchExecutor implements BatchPorts {
  readonly #options: ExecutorOptions;
  #decoded: { readonly id: string; readonly operation: BatchOperation } | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  creatorOf({ ownerUin, creatorUin }: BatchJob): SignedIdentity | undefined {
    return this.#options.identityOf(ownerUin, creatorUin);
  }

  openObject(creator: SignedIdentity) {
    return (object: ManifestObject) => this.#chunksOf(creator, object);
  }

  async *#chunksOf(creator: SignedIdentity, object: ManifestObject): AsyncGenerator<Buffer> {
    const { services } = this.#options;
    const { bucket, key, versionId, etag } = object;
    const source = { bucket, key, versionId, conditions: {}, customerKey: undefined };
    const requester = this.#requester(creator);
    const reader = aboutVersion({ services, ...requester }, versionId);
    const opened = await openCopySource(services, source, (from, read, found) =>
      authorizeObject(reader, ['GetObject'], from, read, found, 'READ'),
    );
    try {
      const { record } = opened.object;
      if (etag !== undefined && record.etag !== etag) {
        throw new CosError('InvalidRequest', { message: 'The manifest has another ETag than the request says.' });
      }
      for (let at = 0; at < record.size; at += READ_BYTES) {
        const length = Math.min(READ_BYTES, record.size - at);
        yield await contentStream(opened.content, at, length).readAll(length);
      }
    } finally {
      await opened.content.close();
    }
  }

  async runTask(creator: SignedIdentity, job: BatchJob, task: BatchTask, again: boolean): Promise<TaskOutcome> {
    for (let tried = 1; ; tried++) {
      const outcome = await this.#try(creator, job, task, again);
      if (!PASSING.has(outcome.code) || tried >= MOST_TRIES) return outcome;
      await this.#options.services.sleep(PAUSE_MS);
    }
  }

  async #try(creator: SignedIdentity, job: BatchJob, task: BatchTask, again: boolean): Promise<TaskOutcome> {
    try {
      const operation = this.#operationOf(job);
      switch (operation.kind) {
        case 'copy':
          await this.#copy(creator, operation, task);
          return { status: 200, code: '', message: '' };
        case 'restore': {
          const context = await this.#context(creator, postObjectRestore, task.bucket, task.key);
          const { days, tier } = operation;
          await postObjectRestore.run(context, { key: task.key, versionId: task.versionId, days, tier });
          return { status: 202, code: '', message: '' };
        }
        case 'tagging':
          await this.#tag(creator, operation, task);
          return { status: 200, code: '', message: '' };
      }
    } catch (error) {
      return this.#failed(error, again);
    }
  }

  #failed(thrown: unknown, again: boolean): TaskOutcome {
    const error = asCosError(thrown);
    // A restore that was begun before the crash: it is what was asked for.
    if (again && error.code === 'RestoreAlreadyInProgress') return { status: 202, code: '', message: '' };
    // A store that is full or closed does not spoil the job: it goes on later.
    if (error.code === 'ServiceUnavailable') throw thrown;
    if (error.code === 'InternalError') this.#options.onInternalError(thrown);
    const { code, status, message } = resolve(error, this.#options.errors);
    return { status, code, message };
  }

  #operationOf({ id, request }: BatchJob): BatchOperation {
    if (this.#decoded?.id !== id) {
      this.#decoded = { id, operation: decodeOperation(parseXml(Buffer.from(request.operationXml), 'Operation')) };
    }
    return this.#decoded.operation;
  }

  #requester(creator: SignedIdentity) {
    return { identity: creator, facts: new CreatorFacts(this.#options.services, creator), trace: {} };
  }

  /** @throws CosError NoSuchBucket, AccessDenied, UnavailableForLegalReasons */
  async #context(creator: SignedIdentity, operation: AnyOperation, name: string, key: string): Promise<BucketContext> {
    const { services } = this.#options;
    const bucket = await loadBucket(services, name);
    services.blocked?.requireAccount(bucket.record.appid);
    const context = { services, actions: operation.actions, ...this.#requester(creator), bucket };
    await authorize(operation.access, operation.actions, context, bucket, [key]);
    return context;
  }

  async #copy(creator: SignedIdentity, operation: CopyOperation, task: BatchTask): Promise<void> {
    const { services } = this.#options;
    const key = targetKey(operation, task.key);
    if (key === '' || Buffer.byteLength(key) > services.limits.keyBytes) throw new CosError('KeyTooLong');
    const context = await this.#context(creator, putObjectCopy, operation.bucket, key);
    if (context.bucket.record.region !== operation.region) throw new CosError('NoSuchBucket');
    const source = await this.#sourceOf(creator, operation, task);
    await putObjectCopy.run(context, {
      key,
      source: {
        ...task,
        conditions: { ifModifiedSinceMs: operation.modifiedSinceMs, ifUnmodifiedSinceMs: operation.unmodifiedSinceMs },
        customerKey: undefined,
      },
      metadataDirective: operation.metadataDirective,
      taggingDirective: operation.taggingDirective === 'copy' ? 'copy' : 'replace',
      attributes: attributesOf(operation, key, source),
      conditions: UNCONDITIONAL,
    });
  }

  /** What of the source the copy takes besides what every copy takes; undefined where it takes no more. */
  async #sourceOf(
    creator: SignedIdentity,
    { aclDirective, taggingDirective }: CopyOperation,
    { bucket: name, key, versionId }: BatchTask,
  ): Promise<ObjectAttributes | undefined> {
    const takesAcl = aclDirective === 'copy' || aclDirective === 'add';
    if (!takesAcl && taggingDirective !== 'add') return undefined;
    const { services } = this.#options;
    const bucket = await loadBucket(services, name);
    const context = { services, ...this.#requester(creator) };
    const { attributes } = (await this.#read(context, bucket, key, versionId)).record;
    if (takesAcl) await authorizeObject(context, ['GetObjectACL'], bucket, key, attributes, 'READ_ACP');
    if (taggingDirective === 'add') await authorize('owner', ['GetObjectTagging'], context, bucket, [key]);
    return attributes;
  }

  /** Whoever may not read an object does not learn whether it is there. */
  async #read(
    context: Parameters<typeof authorizeObject>[0],
    bucket: BucketEntry,
    key: string,
    versionId: string | undefined,
  ) {
    try {
      const found = await readObject(context.services, bucket, key, versionId);
      await authorizeObject(context, ['GetObject'], bucket, key, found.record.attributes, 'READ');
      return found;
    } catch (error) {
      if (!(error instanceof CosError)) throw error;
      await authorizeObject(context, ['GetObject'], bucket, key, undefined, 'READ');
      throw error.code === 'NoSuchKey' ? new CosError('NoSuchCopySource') : error;
    }
  }

  async #tag(creator: SignedIdentity, { directive, tags }: TaggingOperation, task: BatchTask): Promise<void> {
    const { bucket: name, key, versionId } = task;
    const context = await this.#context(creator, putObjectTagging, name, key);
    if (directive === 'replace') return putObjectTagging.run(context, { key, versionId, tags });
    await authorize('owner', ['GetObjectTagging'], context, context.bucket, [key]);
    const { record } = await readObject(context.services, context.bucket, key, versionId);
    const merged = mergedTags(record.attributes.extra?.tags ?? [], tags);
    await putObjectTagging.run(context, { key, versionId, tags: merged });
  }

  async putReport(creator: SignedIdentity, bucket: string, { key, contentType, body }: ReportFile): Promise<void> {
    const context = await this.#context(creator, putObject, bucket, key);
    await putObject.run(context, {
      ...{ key, body, digests: NO_DIGESTS, conditions: UNCONDITIONAL, answer: undefined },
      attributes: { headers: { contentType }, userMeta: [], storageClass: undefined, acl: 'default' },
    });
  }
}

function targetKey({ replacedPrefix, targetPrefix }: CopyOperation, key: string): string {
  if (replacedPrefix === undefined) return targetPrefix + key;
  // Keys that do not begin so keep all they have.
  return key.startsWith(replacedPrefix) ? targetPrefix + key.slice(replacedPrefix.length) : key;
}

function attributesOf(
  operation: CopyOperation,
  key: string,
  source: ObjectAttributes | undefined,
): RequestedAttributes {
  const { aclDirective, taggingDirective, headers, userMeta, storageClass, encrypted } = operation;
  const takesAcl = aclDirective === 'copy' || aclDirective === 'add';
  const before = takesAcl ? (source?.extra?.grants ?? []) : [];
  const grants = [...before, ...(aclDirective === 'copy' ? [] : operation.grants)];
  const given = aclDirective === 'copy' ? undefined : operation.acl;
  const acl = given ?? (takesAcl ? source?.acl : undefined) ?? (grants.length > 0 ? 'private' : 'default');
  const tags = taggingDirective === 'add' ? mergedTags(source?.extra?.tags ?? [], operation.tags) : operation.tags;
  return {
    headers: { contentType: operation.contentType ?? guessContentType(key), ...headers },
    userMeta,
    storageClass,
    acl,
    ...(grants.length === 0 ? {} : { grants }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(encrypted ? { encryption: { mode: 'cos' } as const } : {}),
  };
}

/** A tag that is there already gets the new value. */
function mergedTags(before: readonly string[], added: readonly string[]): string[] {
  const tags = new Map<string, string>();
  for (const list of [before, added]) {
    for (let at = 0; at + 1 < list.length; at += 2) tags.set(list[at]!, list[at + 1]!);
  }
  const flat = [...tags].flat();
  checkTags(flat);
  return flat;
}

/** What policies can ask about a task: there is no request, so no address and no header. */
class CreatorFacts implements ConditionFacts {
  readonly #services: Services;
  readonly #creator: SignedIdentity;

  constructor(services: Services, creator: SignedIdentity) {
    this.#services = services;
    this.#creator = creator;
  }

  get(key: string): readonly string[] | undefined {
    switch (key) {
      case 'qcs:uin':
        return [this.#creator.uin];
      case 'qcs:owner_uin':
        return [this.#creator.ownerUin];
      case 'qcs:current_time':
        return [new Date(this.#services.clock.nowMs()).toISOString()];
      default:
        return undefined;
    }
  }
}
