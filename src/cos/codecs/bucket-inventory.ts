/** Inventories of a bucket. Source: spec/buckets.md §21. */
import { CosError } from '../../errors/cos-error.ts';
import type {
  InventoryConfiguration,
  InventoryDestination,
  InventoryField,
  InventoryFilter,
} from '../../features/inventory/configuration.ts';
import { XML_CONFIG_BYTES, type XmlElement, xmlChild, xmlChildren, xmlExactText, xmlText } from '../../http/xml.ts';
import { xmlElement, xmlOptional, xmlWrap } from '../../http/xml-writer.ts';
import type { Limits } from '../../model/services.ts';
import {
  deleteBucketInventory,
  getBucketInventory,
  listBucketInventory,
  postBucketInventory,
  putBucketInventory,
} from '../../operations/bucket-inventory.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import type { CosRequest } from '../request.ts';

const ROOT = 'InventoryConfiguration';
const META = 'x-cos-meta-';
const META_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]*$/;
const SECONDS = /^\d{1,11}$/;

export const putBucketInventoryCodec = codec({
  operation: putBucketInventory,
  async decode(request, limits): Promise<InventoryConfiguration> {
    const root = await readRoot(request, limits);
    const frequency = required(requiredChild(root, 'Schedule'), 'Frequency');
    if (xmlText(requiredChild(root, 'Schedule'), 'MonthlyDate') || frequency === 'Monthly') {
      throw new CosError('NotImplemented', { message: 'Monthly inventories are not implemented.' });
    }
    if (frequency !== 'Daily' && frequency !== 'Weekly') throw invalid('Frequency must be Daily or Weekly.');
    return { ...decodeRest(request, root), schedule: { enabled: decodeBoolean(root, 'IsEnabled'), frequency } };
  },
  encode: () => emptyReply(),
});

export const postBucketInventoryCodec = codec({
  operation: postBucketInventory,
  async decode(request, limits): Promise<InventoryConfiguration> {
    return { ...decodeRest(request, await readRoot(request, limits)), schedule: undefined };
  },
  encode: ({ jobId }) => xmlReply(xmlWrap('PostInventoryResult', xmlElement('JobId', jobId))),
});

const readRoot = ({ wire }: CosRequest, limits: Limits) => readXml(wire, ROOT, XML_CONFIG_BYTES, limits);

function decodeRest(request: CosRequest, root: XmlElement): Omit<InventoryConfiguration, 'schedule'> {
  const id = idOf(request);
  if (required(root, 'Id') !== id) throw invalid('The Id must be the one of the request.');
  const versions = required(root, 'IncludedObjectVersions');
  if (versions !== 'All' && versions !== 'Current') throw invalid('IncludedObjectVersions must be All or Current.');
  const filter = xmlChild(root, 'Filter');
  return {
    id,
    destination: decodeDestination(requiredChild(requiredChild(root, 'Destination'), 'COSBucketDestination')),
    filter: filter === undefined ? undefined : decodeFilter(filter),
    versions,
    fields: xmlChildren(xmlChild(root, 'OptionalFields') ?? NOTHING, 'Field').map(({ text }) => decodeField(text)),
  };
}

const NOTHING: XmlElement = { name: '', attributes: new Map(), text: '', children: [] };

function idOf({ query }: CosRequest): string {
  const id = query.get('id') ?? '';
  if (id === '') throw invalid('The id must not be empty.');
  return id;
}

function decodeDestination(element: XmlElement): InventoryDestination {
  const encryption = xmlChild(element, 'Encryption');
  for (const { name } of encryption?.children ?? []) {
    if (name === 'SSE-COS' || name === 'SSECOS') continue;
    throw new CosError('NotImplemented', { message: `Encryption of reports with ${name} is not implemented.` });
  }
  return {
    format: required(element, 'Format'),
    accountId: xmlText(element, 'AccountId'),
    bucket: required(element, 'Bucket'),
    prefix: xmlExactText(element, 'Prefix'),
    encrypted: encryption !== undefined && encryption.children.length > 0,
  };
}

function decodeFilter(filter: XmlElement): InventoryFilter {
  const and = xmlChild(filter, 'And');
  const from = and ?? filter;
  const tags = xmlChildren(from, 'Tag').flatMap((tag) => {
    const key = xmlExactText(tag, 'Key');
    if (key === undefined) throw new CosError('MalformedXML', { message: 'A Tag must have a Key.' });
    return [key, xmlExactText(tag, 'Value') ?? ''];
  });
  const period = xmlChild(filter, 'Period') ?? xmlChild(from, 'Period');
  return {
    and: and !== undefined,
    prefix: xmlExactText(from, 'Prefix'),
    tags,
    storageClasses: xmlChildren(from, 'StorageClass').map(({ text }) => text.trim()),
    period:
      period === undefined
        ? undefined
        : { start: decodeSeconds(period, 'StartTime'), end: decodeSeconds(period, 'EndTime') },
  };
}

function decodeSeconds(element: XmlElement, name: string): number | undefined {
  const text = xmlText(element, name) ?? '';
  if (text === '') return undefined;
  if (!SECONDS.test(text)) throw invalid(`${name} must be a time in seconds.`);
  return Number(text);
}

function decodeField(text: string): InventoryField {
  const name = text.trim();
  if (!name.toLowerCase().startsWith(META)) return { name, meta: undefined };
  const meta = name.slice(META.length).toLowerCase();
  if (!META_NAME.test(meta)) throw invalid(`Unknown field ${name}.`);
  return { name, meta };
}

function decodeBoolean(root: XmlElement, name: string): boolean {
  switch (required(root, name).toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw invalid(`${name} must be true or false.`);
  }
}

function required(element: XmlElement, name: string): string {
  const text = xmlText(element, name) ?? '';
  if (text === '') throw new CosError('MalformedXML', { message: `There must be a ${name}.` });
  return text;
}

function requiredChild(element: XmlElement, name: string): XmlElement {
  const child = xmlChild(element, name);
  if (child === undefined) throw new CosError('MalformedXML', { message: `There must be a ${name}.` });
  return child;
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

async function decodeId(request: CosRequest): Promise<{ id: string }> {
  await refuseBody(request.wire);
  return { id: idOf(request) };
}

export const getBucketInventoryCodec = codec({
  operation: getBucketInventory,
  decode: decodeId,
  encode: (configuration) => xmlReply(configurationElement(configuration)),
});

export const deleteBucketInventoryCodec = codec({
  operation: deleteBucketInventory,
  decode: decodeId,
  encode: () => emptyReply(204),
});

export const listBucketInventoryCodec = codec({
  operation: listBucketInventory,
  async decode({ wire, query }) {
    await refuseBody(wire);
    return { token: query.get('continuation-token') ?? '' };
  },
  encode({ configurations, token, nextToken }) {
    const content = [
      ...configurations.map(configurationElement),
      xmlElement('IsTruncated', nextToken !== undefined),
      token === '' ? '' : xmlElement('ContinuationToken', token),
      xmlOptional('NextContinuationToken', nextToken),
    ];
    return xmlReply(xmlWrap('ListInventoryConfigurationResult', content.join('')));
  },
});

function configurationElement(configuration: InventoryConfiguration): string {
  const { id, schedule, destination, filter, versions, fields } = configuration;
  const content = [
    xmlElement('Id', id),
    xmlOptional('IsEnabled', schedule?.enabled),
    xmlWrap('Destination', xmlWrap('COSBucketDestination', destinationContent(destination))),
    schedule === undefined ? '' : xmlWrap('Schedule', xmlElement('Frequency', schedule.frequency)),
    filter === undefined ? '' : xmlWrap('Filter', filterContent(filter)),
    xmlElement('IncludedObjectVersions', versions),
    xmlWrap('OptionalFields', fields.map(({ name }) => xmlElement('Field', name)).join('')),
  ];
  return xmlWrap(ROOT, content.join(''));
}

function destinationContent({ format, accountId, bucket, prefix, encrypted }: InventoryDestination): string {
  return [
    xmlElement('Format', format),
    xmlOptional('AccountId', accountId),
    xmlElement('Bucket', bucket),
    xmlOptional('Prefix', prefix),
    encrypted ? '<Encryption><SSE-COS></SSE-COS></Encryption>' : '',
  ].join('');
}

function filterContent({ and, prefix, tags, storageClasses, period }: InventoryFilter): string {
  const conditions = [xmlOptional('Prefix', prefix)];
  for (let i = 0; i < tags.length; i += 2) {
    conditions.push(xmlWrap('Tag', xmlElement('Key', tags[i]!) + xmlElement('Value', tags[i + 1]!)));
  }
  for (const name of storageClasses) conditions.push(xmlElement('StorageClass', name));
  const joined = conditions.join('');
  const times =
    period === undefined
      ? ''
      : xmlWrap('Period', xmlOptional('StartTime', period.start) + xmlOptional('EndTime', period.end));
  return (and ? xmlWrap('And', joined) : joined) + times;
}
