/** A batch job: its states, and its row. Source: spec/buckets.md §29. */
import { pack, unpack } from '../../model/records/pack.ts';

export const JOB_STATUSES = [
  'New',
  'Preparing',
  'Suspended',
  'Ready',
  'Active',
  'Pausing',
  'Paused',
  'Completing',
  'Complete',
  'Cancelling',
  'Cancelled',
  'Failing',
  'Failed',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

const ENDED: ReadonlySet<JobStatus> = new Set(['Complete', 'Cancelled', 'Failed']);
/** Nothing is done until somebody says so. */
const RESTS: ReadonlySet<JobStatus> = new Set(['Suspended', 'Paused', ...ENDED]);

export function isEnded({ status }: Pick<BatchJob, 'status'>): boolean {
  return ENDED.has(status);
}

export function isRunnable({ status }: Pick<BatchJob, 'status'>): boolean {
  return !RESTS.has(status);
}

export type ManifestField = 'Ignore' | 'Bucket' | 'Key' | 'VersionId';

export interface ManifestPlace {
  /** Full name. */
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Without quotes. */
  readonly etag: string;
  readonly format: 'csv' | 'inventory';
  /** Of `csv`: the columns, in order. */
  readonly fields: readonly ManifestField[];
}

export interface ReportPlace {
  /** Full name. */
  readonly bucket: string;
  /** Without a slash at the end; '' for none. */
  readonly prefix: string;
  readonly failedOnly: boolean;
}

/** What a job is asked to do; never changes. */
export interface JobRequest {
  readonly token: string;
  readonly confirmationRequired: boolean;
  readonly description: string;
  readonly roleArn: string;
  readonly manifest: ManifestPlace;
  /** undefined: there is none */
  readonly report: ReportPlace | undefined;
  /** `COSPutObjectCopy` … */
  readonly operation: string;
  /** The elements Manifest, Operation and Report as they were given: they are told again, and the operation is run by it. */
  readonly manifestXml: string;
  readonly operationXml: string;
  readonly reportXml: string;
}

export interface BatchJob {
  readonly id: string;
  readonly appid: string;
  /** Who made it: the job has these rights, as they are while it runs. */
  readonly ownerUin: string;
  readonly creatorUin: string;
  /** ms since the epoch */
  readonly createdMs: number;
  readonly request: JobRequest;
  readonly priority: number;
  readonly status: JobStatus;
  readonly statusReason: string;
  /** ms since the epoch */
  readonly suspendedMs: number | undefined;
  readonly endedMs: number | undefined;
  /** Tasks; undefined before they are counted. */
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Rows of the report that are written. */
  readonly reportRows: number;
  readonly failure: { readonly code: string; readonly reason: string } | undefined;
}

const FORMAT = 1;

export function packBatchJob(job: BatchJob): Buffer {
  const { manifest: m, report, ...r } = job.request;
  const request = [
    ...[r.token, r.confirmationRequired, r.description, r.roleArn],
    [m.bucket, m.key, m.versionId ?? null, m.etag, m.format, m.fields],
    report === undefined ? null : [report.bucket, report.prefix, report.failedOnly],
    ...[r.operation, r.manifestXml, r.operationXml, r.reportXml],
  ];
  return pack([
    ...[FORMAT, job.id, job.appid, job.ownerUin, job.creatorUin, job.createdMs],
    request,
    ...[job.priority, job.status, job.statusReason, job.suspendedMs ?? null, job.endedMs ?? null, job.total ?? null],
    ...[job.succeeded, job.failed, job.reportRows],
    job.failure === undefined ? null : [job.failure.code, job.failure.reason],
  ]);
}

type PackedRequest = [
  token: string,
  confirmationRequired: boolean,
  description: string,
  roleArn: string,
  manifest: [string, string, string | null, string, 'csv' | 'inventory', ManifestField[]],
  report: [string, string, boolean] | null,
  operation: string,
  manifestXml: string,
  operationXml: string,
  reportXml: string,
];

type Packed = [
  format: number,
  id: string,
  appid: string,
  ownerUin: string,
  creatorUin: string,
  createdMs: number,
  request: PackedRequest,
  priority: number,
  status: JobStatus,
  statusReason: string,
  suspendedMs: number | null,
  endedMs: number | null,
  total: number | null,
  succeeded: number,
  failed: number,
  reportRows: number,
  failure: [string, string] | null,
];

export function unpackBatchJob(value: Buffer): BatchJob {
  const [, id, appid, ownerUin, creatorUin, createdMs, request, priority, status, statusReason, ...rest] = unpack(
    value,
  ) as Packed;
  const [suspendedMs, endedMs, total, succeeded, failed, reportRows, failure] = rest;
  return {
    ...{ id, appid, ownerUin, creatorUin, createdMs, priority, status, statusReason, succeeded, failed, reportRows },
    request: requestOf(request),
    suspendedMs: suspendedMs ?? undefined,
    endedMs: endedMs ?? undefined,
    total: total ?? undefined,
    failure: failure === null ? undefined : { code: failure[0], reason: failure[1] },
  };
}

function requestOf(packed: PackedRequest): JobRequest {
  const [token, confirmationRequired, description, roleArn, manifest, report, operation, ...xml] = packed;
  const [bucket, key, versionId, etag, format, fields] = manifest;
  const [manifestXml, operationXml, reportXml] = xml;
  return {
    ...{ token, confirmationRequired, description, roleArn, operation, manifestXml, operationXml, reportXml },
    manifest: { bucket, key, versionId: versionId ?? undefined, etag, format, fields },
    report: report === null ? undefined : { bucket: report[0], prefix: report[1], failedOnly: report[2] },
  };
}
