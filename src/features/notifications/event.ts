/**
 * What is sent of a change: the JSON that COS gives to functions. Source: spec/buckets.md §28, and the structure of
 * event messages in the public documentation of COS triggers.
 */
import type { ChangeKind } from '../../model/changes.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import type { Services } from '../../model/services.ts';
import { versionIdOf } from '../../model/versions.ts';
import type { EventName } from './rules.ts';

const NAMES: Readonly<Record<ChangeKind, EventName | undefined>> = {
  put: 'cos:ObjectCreated:Put',
  post: 'cos:ObjectCreated:Post',
  copy: 'cos:ObjectCreated:Copy',
  complete: 'cos:ObjectCreated:CompleteMultipartUpload',
  append: 'cos:ObjectCreated:Append',
  origin: 'cos:ObjectCreated:Origin',
  replica: 'cos:ObjectCreated:Replication',
  delete: 'cos:ObjectRemove:Delete',
  'delete-marker': 'cos:ObjectRemove:DeleteMarkerCreated',
  restore: 'cos:ObjectRestore:Post',
  // COS names no event for what a lifecycle does.
  'lifecycle-delete': undefined,
  'lifecycle-marker': undefined,
};

/** @returns undefined for changes that have no event */
export function eventOf(kind: ChangeKind): EventName | undefined {
  return NAMES[kind];
}

/** A change as it waits to be told. */
export interface NotedEvent {
  readonly name: EventName;
  /** Full name of the bucket. */
  readonly bucket: string;
  readonly key: string;
  /** Of the rule. */
  readonly ruleId: string;
  /** ms since the epoch */
  readonly atMs: number;
  readonly region: string;
  readonly size: number;
  /** '' where the bucket has no versions. */
  readonly versionId: string;
  readonly contentType: string;
  /** Flat: suffix, value … */
  readonly userMeta: readonly string[];
}

export function notedEvent(
  services: Services,
  bucket: BucketRecord,
  key: string,
  record: ObjectRecord,
  about: Pick<NotedEvent, 'name' | 'ruleId' | 'atMs'>,
): NotedEvent {
  const { headers, userMeta } = record.attributes;
  return {
    ...about,
    bucket: bucket.name,
    key,
    region: bucket.region,
    size: record.size,
    versionId: bucket.versioning === 'unset' ? '' : versionIdOf(services, record),
    contentType: headers.contentType,
    userMeta,
  };
}

/**
 * The body of a delivery.
 * @param number of the event: the same in every attempt, so that receivers can tell a repetition
 */
export function eventBody(event: NotedEvent, number: number): string {
  const { bucket, key, region, ruleId } = event;
  const hyphen = bucket.lastIndexOf('-');
  const [name, appid] = [bucket.slice(0, hyphen), bucket.slice(hyphen + 1)];
  const meta: Record<string, string> = { 'Content-Type': event.contentType };
  for (let at = 0; at + 1 < event.userMeta.length; at += 2) {
    meta[`x-cos-meta-${event.userMeta[at]}`] = event.userMeta[at + 1]!;
  }
  const path = key.split('/').map(encodeURIComponent).join('/');
  const record = {
    cos: {
      cosSchemaVersion: '1.0',
      cosObject: {
        url: `http://${bucket}.cos.${region}.myqcloud.com/${path}`,
        meta,
        vid: event.versionId,
        key: `/${appid}/${name}/${key}`,
        size: event.size,
      },
      cosBucket: { region, name, appid },
      cosNotificationId: ruleId,
    },
    event: {
      eventName: event.name,
      eventVersion: '1.0',
      eventTime: Math.floor(event.atMs / 1_000),
      eventSource: 'qcs::cos',
      // Who asked is no affair of the receiver's: signatures and addresses stay here.
      requestParameters: { requestSourceIP: '', requestHeaders: {} },
      eventQueue: `qcs:0:cosette:${region}:appid/${appid}:${ruleId}`,
      reservedInfo: '',
      reqid: number,
    },
  };
  return JSON.stringify({ Records: [record] });
}
