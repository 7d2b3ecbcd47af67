/** PUT, GET and DELETE Bucket lifecycle. Source: spec/buckets.md §12. */
import { CosError } from '../../errors/cos-error.ts';
import { parseDate } from '../../features/lifecycle/calendar.ts';
import type {
  Condition,
  DaysName,
  LifecycleAction,
  LifecycleFilter,
  LifecycleRule,
  NewRule,
  When,
} from '../../features/lifecycle/rules.ts';
import { malformedXml, type XmlElement, xmlChild, xmlChildren, xmlExactText, xmlText } from '../../http/xml.ts';
import { xmlElement, xmlWrap } from '../../http/xml-writer.ts';
import {
  deleteBucketLifecycle,
  getBucketLifecycle,
  type PutBucketLifecycleInput,
  putBucketLifecycle,
} from '../../operations/bucket-lifecycle.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';

/** It may hold 1,000 rules, bytes. */
const MAX_BYTES = 1024 ** 2;
const INTEGER = /^-?\d{1,15}$/;

export const putBucketLifecycleCodec = codec({
  operation: putBucketLifecycle,
  async decode({ wire }, limits): Promise<PutBucketLifecycleInput> {
    const root = await readXml(wire, 'LifecycleConfiguration', MAX_BYTES, limits);
    const rules = xmlChildren(root, 'Rule').map(decodeRule);
    if (rules.length === 0) throw malformedXml('There must be a Rule.');
    return { rules };
  },
  encode: () => emptyReply(),
});

function decodeRule(element: XmlElement): NewRule {
  const filter = single(element, 'Filter');
  if (filter === undefined) throw malformedXml('A Rule must have a Filter.');
  const status = single(element, 'Status')?.text.trim();
  if (status !== 'Enabled' && status !== 'Disabled') throw malformedXml('Status must be Enabled or Disabled.');
  for (const name of ['Expiration', 'NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload']) {
    single(element, name);
  }
  const actions = element.children.flatMap((child) => decodeAction(child) ?? []);
  if (actions.length === 0) throw malformedXml('A Rule must have an action.');
  return {
    id: xmlText(element, 'ID') || undefined,
    filter: decodeFilter(filter),
    enabled: status === 'Enabled',
    actions,
  };
}

/** The only child of that name, if there is one. */
function single(element: XmlElement, name: string): XmlElement | undefined {
  const found = xmlChildren(element, name);
  if (found.length > 1) throw malformedXml(`There may be one ${name}.`);
  return found[0];
}

function decodeFilter(element: XmlElement): LifecycleFilter {
  const and = single(element, 'And');
  const conditions = (and ?? element).children.flatMap((child) => decodeCondition(child) ?? []);
  if (and !== undefined && element.children.some((child) => decodeCondition(child) !== undefined)) {
    throw malformedXml('Conditions beside And must be in it.');
  }
  const kinds = conditions.map(({ kind }) => kind);
  const severalTags = kinds.every((kind) => kind === 'tag');
  if (and === undefined && kinds.length > 1 && !severalTags) throw malformedXml('Several conditions must be in And.');
  const once = kinds.filter((kind) => kind !== 'tag');
  if (new Set(once).size !== once.length) throw malformedXml('A condition may be given once.');
  return { and: and !== undefined, conditions };
}

function decodeCondition(element: XmlElement): Condition | undefined {
  switch (element.name) {
    case 'Prefix':
      return { kind: 'prefix', prefix: element.text };
    case 'PrefixNotEquals':
      if (element.text === '') throw malformedXml('PrefixNotEquals must not be empty.');
      return { kind: 'prefix-not', prefix: element.text };
    case 'Tag': {
      const key = xmlExactText(element, 'Key');
      const value = xmlExactText(element, 'Value');
      if (key === undefined || value === undefined) throw malformedXml('A Tag must have a Key and a Value.');
      return { kind: 'tag', key, value };
    }
    case 'ObjectSizeGreaterThan':
      return { kind: 'larger', bytes: bytesOf(element) };
    case 'ObjectSizeLessThan':
      return { kind: 'smaller', bytes: bytesOf(element) };
    default:
      return undefined;
  }
}

function bytesOf(element: XmlElement): number {
  const bytes = integer(element);
  if (bytes < 0) throw new CosError('InvalidArgument', { message: `${element.name} must not be negative.` });
  return bytes;
}

function integer({ name, text }: XmlElement): number {
  const digits = text.trim();
  if (!INTEGER.test(digits)) throw malformedXml(`${name} must be an integer.`);
  return Number(digits);
}

/** @returns undefined for an element that is no action, or an action that asks for nothing */
function decodeAction(element: XmlElement): LifecycleAction | undefined {
  switch (element.name) {
    case 'Transition':
      if (xmlChild(element, 'AccessFrequency') !== undefined) {
        throw new CosError('NotImplemented', { message: 'Transitions by AccessFrequency are not implemented.' });
      }
      return { kind: 'transition', when: decodeWhen(element), storageClass: decodeClass(element) };
    case 'Expiration':
      return decodeExpiration(element);
    case 'NoncurrentVersionTransition':
      return { kind: 'noncurrent-transition', ...decodeNoncurrent(element), storageClass: decodeClass(element) };
    case 'NoncurrentVersionExpiration':
      return { kind: 'noncurrent-expiration', ...decodeNoncurrent(element) };
    case 'AbortIncompleteMultipartUpload': {
      const days = single(element, 'DaysAfterInitiation');
      if (days === undefined) throw malformedXml('AbortIncompleteMultipartUpload must have DaysAfterInitiation.');
      return { kind: 'abort-uploads', days: integer(days) };
    }
    default:
      return undefined;
  }
}

function decodeExpiration(element: XmlElement): LifecycleAction {
  const marker = single(element, 'ExpiredObjectDeleteMarker')?.text.trim();
  const timed = xmlChild(element, 'Days') !== undefined || xmlChild(element, 'Date') !== undefined;
  if (marker === undefined || (marker === 'false' && timed)) return { kind: 'expiration', when: decodeWhen(element) };
  if (timed || (marker !== 'true' && marker !== 'false')) {
    throw malformedXml('An Expiration has one of Days, Date and ExpiredObjectDeleteMarker, which is true or false.');
  }
  return { kind: 'expired-marker', on: marker === 'true' };
}

function decodeWhen(element: XmlElement): When {
  const days = single(element, 'Days');
  const date = single(element, 'Date')?.text.trim();
  if (days !== undefined && date !== undefined) {
    throw new CosError('InvalidArgument', { message: `${element.name} may not have both Days and Date.` });
  }
  if (days !== undefined) return { days: integer(days) };
  const dateMs = date === undefined ? undefined : parseDate(date);
  if (date === undefined) throw malformedXml(`${element.name} must have Days or Date.`);
  if (dateMs === undefined) throw new CosError('InvalidArgument', { message: 'Date must be a time of ISO 8601.' });
  return { date, dateMs };
}

function decodeNoncurrent(element: XmlElement): { days: number; daysName: DaysName } {
  for (const daysName of ['NoncurrentDays', 'Days'] as const) {
    const days = single(element, daysName);
    if (days !== undefined) return { days: integer(days), daysName };
  }
  throw malformedXml(`${element.name} must have NoncurrentDays.`);
}

function decodeClass(element: XmlElement): string {
  const text = single(element, 'StorageClass')?.text.trim();
  if (text === undefined) throw malformedXml(`${element.name} must have a StorageClass.`);
  return text;
}

export const getBucketLifecycleCodec = codec({
  operation: getBucketLifecycle,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ rules }) => xmlReply(xmlWrap('LifecycleConfiguration', rules.map(ruleElement).join(''))),
});

function ruleElement({ id, filter, enabled, actions }: LifecycleRule): string {
  const conditions = filter.conditions.map(conditionElement).join('');
  return xmlWrap(
    'Rule',
    xmlElement('ID', id) +
      xmlWrap('Filter', filter.and ? xmlWrap('And', conditions) : conditions) +
      xmlElement('Status', enabled ? 'Enabled' : 'Disabled') +
      actions.map(actionElement).join(''),
  );
}

function conditionElement(condition: Condition): string {
  switch (condition.kind) {
    case 'prefix':
      return xmlElement('Prefix', condition.prefix);
    case 'prefix-not':
      return xmlElement('PrefixNotEquals', condition.prefix);
    case 'tag':
      return xmlWrap('Tag', xmlElement('Key', condition.key) + xmlElement('Value', condition.value));
    case 'larger':
      return xmlElement('ObjectSizeGreaterThan', condition.bytes);
    case 'smaller':
      return xmlElement('ObjectSizeLessThan', condition.bytes);
  }
}

const whenElement = (when: When): string =>
  'days' in when ? xmlElement('Days', when.days) : xmlElement('Date', when.date);

function actionElement(action: LifecycleAction): string {
  switch (action.kind) {
    case 'transition':
      return xmlWrap('Transition', whenElement(action.when) + xmlElement('StorageClass', action.storageClass));
    case 'expiration':
      return xmlWrap('Expiration', whenElement(action.when));
    case 'expired-marker':
      return xmlWrap('Expiration', xmlElement('ExpiredObjectDeleteMarker', action.on));
    case 'noncurrent-transition':
      return xmlWrap(
        'NoncurrentVersionTransition',
        xmlElement(action.daysName, action.days) + xmlElement('StorageClass', action.storageClass),
      );
    case 'noncurrent-expiration':
      return xmlWrap('NoncurrentVersionExpiration', xmlElement(action.daysName, action.days));
    case 'abort-uploads':
      return xmlWrap('AbortIncompleteMultipartUpload', xmlElement('DaysAfterInitiation', action.days));
  }
}

export const deleteBucketLifecycleCodec = codec({
  operation: deleteBucketLifecycle,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
