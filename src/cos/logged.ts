/** Which requests a bucket wants logged. Source: spec/buckets.md §19. */
import { BUCKET_LOGGING } from '../features/access-logging/rules.ts';
import { bucketConfig, hasConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';
import { getObject, headObject } from '../operations/get-object.ts';
import type { AnyOperation } from '../operations/operation.ts';
import type { AccessNote } from './access-note.ts';
import type { ResolvedError } from './errors.ts';

export const isLogged = (bucket: BucketEntry | undefined): bucket is BucketEntry =>
  bucket !== undefined && hasConfig(bucket, BUCKET_LOGGING);

/** Asked before the request is carried out, which may be to take the bucket away. */
export async function noteLog(services: Services, bucket: BucketEntry, note: AccessNote): Promise<void> {
  const rule = await bucketConfig(services, bucket, BUCKET_LOGGING);
  if (rule !== undefined) note.log = { source: bucket.record, rule };
}

/**
 * A request that was refused may not have come as far as its log, or its operation.
 * @param route finds the operation
 */
export async function noteRefusal(
  services: Services,
  bucket: BucketEntry,
  note: AccessNote,
  route: () => AnyOperation | Promise<AnyOperation>,
): Promise<void> {
  try {
    await noteLog(services, bucket, note);
    note.operation ??= (await route()).name;
  } catch {
    // It has no name, or its log cannot be read: the refusal stands.
  }
}

/** The error that a page of a website tells of, or that it was got in spite of. */
export function noteVisitError(note: AccessNote, resolved: ResolvedError): ResolvedError {
  note.code ??= resolved.code;
  note.message ??= resolved.message;
  return resolved;
}

/**
 * A visit of a website is what the visitor asked for, whatever was looked at for it.
 * @param status of the answer; undefined where it is an error that is still to be written
 */
export function noteVisit(note: AccessNote, method: string, status?: number): void {
  note.operation = method === 'HEAD' ? headObject.name : getObject.name;
  if (status === undefined || status >= 400) return;
  delete note.code;
  delete note.message;
  // Where it is sent on, nothing was done with an object.
  if (status !== 301 && status !== 302) return;
  delete note.operation;
  delete note.log;
}
