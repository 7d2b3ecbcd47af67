/** CreateJobRequest. Source: spec/buckets.md §29. */
import { CosError } from '../errors/cos-error.ts';
import type { JobRequest, ManifestField, ManifestPlace, ReportPlace } from '../features/batch/record.ts';
import { malformedXml, type XmlElement, xmlChild, xmlChildren } from '../http/xml.ts';
import { parseArn } from './arn.ts';
import { decodeOperation } from './batch-operation.ts';
import { flag, oneOf, optional, required, xmlOf } from './xml.ts';

export const MAX_REQUEST_BYTES = 24 * 1024;
const MAX_PRIORITY = 2_147_483_647;
const FIELDS: readonly ManifestField[] = ['Ignore', 'Bucket', 'Key', 'VersionId'];
const ROLE = /^qcs::cam::uin\/(\d{5,20}):(?:roleName|role)\/[\w+=,.@-]{1,128}$/;

export interface NewJob {
  readonly request: JobRequest;
  readonly priority: number;
}

/** @throws CosError MalformedXML, InvalidRequest, NotSupportedStorageClass, InvalidTag, BadRequest */
export function decodeNewJob(root: XmlElement): NewJob {
  const manifest = xmlChild(root, 'Manifest');
  const operation = xmlChild(root, 'Operation');
  const report = xmlChild(root, 'Report');
  if (manifest === undefined || operation === undefined || report === undefined) {
    throw malformedXml('CreateJobRequest needs Manifest, Operation and Report.');
  }
  decodeOperation(operation);
  const token = optional(root, 'ClientRequestToken') ?? '';
  if (token === '' || Buffer.byteLength(token) > 64) throw invalid('ClientRequestToken must have 1 to 64 bytes.');
  const description = optional(root, 'Description') ?? '';
  if (Buffer.byteLength(description) > 256) throw invalid('Description has at most 256 bytes.');
  return {
    priority: decodePriority(optional(root, 'Priority')),
    request: {
      ...{ token, description },
      confirmationRequired: flag(root, 'ConfirmationRequired', false),
      roleArn: decodeRole(optional(root, 'RoleArn')),
      manifest: decodeManifest(manifest),
      report: decodeReport(report),
      operation: operation.children[0]!.name,
      manifestXml: xmlOf(manifest),
      operationXml: xmlOf(operation),
      reportXml: xmlOf(report),
    },
  };
}

/** @throws CosError InvalidRequest when it is missing or out of range */
export function decodePriority(text: string | undefined): number {
  const priority = Number(text);
  if (text === undefined || !/^\d{1,10}$/.test(text) || priority > MAX_PRIORITY) {
    throw invalid(`Priority must be a number from 0 to ${MAX_PRIORITY}.`);
  }
  return priority;
}

function decodeRole(text: string | undefined): string {
  if (text === undefined || !ROLE.test(text)) {
    throw invalid('RoleArn must be qcs::cam::uin/<uin>:roleName/<name>.');
  }
  return text;
}

function decodeManifest(element: XmlElement): ManifestPlace {
  const location = xmlChild(element, 'Location');
  const spec = xmlChild(element, 'Spec');
  if (location === undefined || spec === undefined) throw malformedXml('Manifest needs Location and Spec.');
  const object = parseArn(required(location, 'ObjectArn'));
  if (object === undefined || object.key === '') throw malformedXml('ObjectArn must name an object.');
  const format = oneOf(spec, 'Format', ['COSBatchOperations_CSV_V1', 'COSInventoryReport_CSV_V1']);
  if (format === undefined) throw malformedXml('Spec needs Format.');
  const isCsv = format === 'COSBatchOperations_CSV_V1';
  return {
    bucket: object.bucket,
    key: object.key,
    versionId: optional(location, 'ObjectVersionId'),
    etag: required(location, 'ETag').replace(/^"(.*)"$/, '$1'),
    format: isCsv ? 'csv' : 'inventory',
    fields: isCsv ? decodeFields(xmlChild(spec, 'Fields')) : [],
  };
}

function decodeFields(element: XmlElement | undefined): ManifestField[] {
  const names = element === undefined ? [] : xmlChildren(element, 'member').map(({ text }) => text.trim());
  const fields = names.map((name) => FIELDS.find((field) => field === name));
  if (fields.length > 50 || fields.includes(undefined)) throw malformedXml('Fields names unknown columns.');
  const counts = (name: ManifestField): number => fields.filter((field) => field === name).length;
  if (counts('Bucket') !== 1 || counts('Key') !== 1 || counts('VersionId') > 1) {
    throw malformedXml('Fields must name Bucket and Key once.');
  }
  return fields as ManifestField[];
}

function decodeReport(element: XmlElement): ReportPlace | undefined {
  const enabled = oneOf(element, 'Enabled', ['true', 'false']);
  if (enabled === undefined) throw malformedXml('Report needs Enabled.');
  const format = oneOf(element, 'Format', ['Report_CSV_V1']);
  const scope = oneOf(element, 'ReportScope', ['AllTasks', 'FailedTasksOnly']);
  const prefix = (optional(element, 'Prefix') ?? '').replace(/\/+$/, '');
  if (Buffer.byteLength(prefix) > 256) throw malformedXml('Prefix has at most 256 bytes.');
  if (enabled === 'false') return undefined;
  const bucket = parseArn(required(element, 'Bucket'));
  if (bucket === undefined || bucket.key !== '') throw malformedXml('Bucket of Report must name a bucket.');
  if (format === undefined || scope === undefined) throw malformedXml('Report needs Format and ReportScope.');
  return { bucket: bucket.bucket, prefix, failedOnly: scope === 'FailedTasksOnly' };
}

function invalid(message: string): CosError {
  return new CosError('InvalidRequest', { message });
}
