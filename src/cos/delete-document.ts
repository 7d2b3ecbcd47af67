/** The document of DELETE Multiple Objects and its answer. Source: spec/objects.md §8.8, spec/s3.md §7. */
import { CosError } from '../errors/cos-error.ts';
import { parseHttpDate } from '../http/http-date.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { xmlChildren, xmlExactText, xmlText } from '../http/xml.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { Limits } from '../model/services.ts';
import type {
  DeleteMultipleObjectsInput,
  DeleteMultipleObjectsResult,
  DeleteOutcome,
  DeleteTarget,
} from '../operations/delete-multiple-objects.ts';
import { xmlReply } from './codec.ts';
import { readXml } from './decode/body.ts';
import { parseIsoDate } from './decode/lock.ts';
import type { CosRequest } from './request.ts';

/** 1,000 keys of 850 bytes grow when escaped (spec/objects.md §2.5). */
const DELETE_BYTES = 8 * 1024 * 1024;
const MAX_TARGETS = 1_000;

/** @throws CosError MalformedXML, XMLSizeLimit; BadDigest, InvalidDigest of Content-MD5 */
export async function readDeleteDocument(wire: WireRequest, limits: Limits): Promise<DeleteMultipleObjectsInput> {
  const root = await readXml(wire, 'Delete', DELETE_BYTES, limits);
  const listed = xmlChildren(root, 'Object');
  if (listed.length === 0) throw new CosError('MalformedXML');
  if (listed.length > MAX_TARGETS) {
    throw new CosError('MalformedXML', { message: 'delete key size is greater than 1000' });
  }
  const targets = listed.map((element): DeleteTarget => {
    const key = xmlExactText(element, 'Key');
    if (key === undefined || key === '') throw new CosError('MalformedXML');
    return {
      key,
      versionId: xmlText(element, 'VersionId') || undefined,
      ifMatch: xmlText(element, 'ETag') || undefined,
      ifMatchSize: sizeOf(xmlText(element, 'Size')),
      ifMatchLastModifiedMs: timeOf(xmlText(element, 'LastModifiedTime')),
    };
  });
  return { quiet: decodeQuiet(xmlText(root, 'Quiet')), targets };
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new CosError('MalformedXML');
  return Number(text);
}

/** ISO 8601, or the form of headers. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const ms = parseIsoDate(text) ?? parseHttpDate(text);
  if (ms === undefined) throw new CosError('MalformedXML');
  return ms;
}

export function deleteReply({ quiet, outcomes }: DeleteMultipleObjectsResult, request: CosRequest): WireReply {
  let body = '';
  for (const outcome of outcomes) {
    if (outcome.error !== undefined || !quiet) body += outcomeElement(outcome, request);
  }
  return xmlReply(body === '' ? '<DeleteResult/>' : `<DeleteResult>${body}</DeleteResult>`);
}

function decodeQuiet(value: string | undefined): boolean {
  switch ((value || 'false').toLowerCase()) {
    case 'false':
      return false;
    case 'true':
      return true;
    default:
      throw new CosError('MalformedXML');
  }
}

function outcomeElement(outcome: DeleteOutcome, request: CosRequest): string {
  const { key, versionId } = outcome.target;
  const version = versionId === undefined ? '' : xmlElement('VersionId', versionId);
  if (outcome.error !== undefined) {
    const { code, message } = request.resolveError(outcome.error);
    return `<Error>${xmlElement('Key', key)}${version}${xmlElement('Code', code)}${xmlElement('Message', message)}</Error>`;
  }
  const { markerVersionId } = outcome.deleted;
  const marker =
    markerVersionId === undefined
      ? ''
      : `<DeleteMarker>true</DeleteMarker>${xmlElement('DeleteMarkerVersionId', markerVersionId)}`;
  return `<Deleted>${xmlElement('Key', key)}${marker}${version}</Deleted>`;
}
