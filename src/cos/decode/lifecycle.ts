/** The document of lifecycle rules. Source: spec/buckets.md §12. */
import { CosError } from '../../errors/cos-error.ts';
import { parseDate } from '../../features/lifecycle/calendar.ts';
import type {
  Condition,
  DaysName,
  LifecycleAction,
  LifecycleFilter,
  NewRule,
  When,
} from '../../features/lifecycle/rules.ts';
import type { WireRequest } from '../../http/types.ts';
import { malformedXml, type XmlElement, xmlChild, xmlChildren, xmlExactText, xmlText } from '../../http/xml.ts';
import type { Limits } from '../../model/services.ts';
import { readXml } from './body.ts';

/** It may hold 1,000 rules, bytes. */
const MAX_BYTES = 1024 ** 2;
const INTEGER = /^-?\d{1,15}$/;

/** What a protocol says otherwise than COS. */
export interface LifecycleWords {
  /** A storage class in the words of COS. */
  storageClass(word: string): string;
  /** The filter of a rule; it may have none. */
  filter(rule: XmlElement): LifecycleFilter;
  /** Whether noncurrent versions may be kept by number. */
  readonly newerVersions: boolean;
}

const COS_WORDS: LifecycleWords = {
  storageClass: (word) => word,
  filter(rule) {
    const filter = single(rule, 'Filter');
    if (filter === undefined) throw malformedXml('A Rule must have a Filter.');
    return decodeFilter(filter);
  },
  newerVersions: false,
};

/** @throws CosError MalformedXML, InvalidArgument, NotImplemented, and those of the body */
export async function readLifecycle(wire: WireRequest, limits: Limits, words = COS_WORDS): Promise<readonly NewRule[]> {
  const root = await readXml(wire, 'LifecycleConfiguration', MAX_BYTES, limits);
  const rules = xmlChildren(root, 'Rule').map((rule) => decodeRule(rule, words));
  if (rules.length === 0) throw malformedXml('There must be a Rule.');
  return rules;
}

function decodeRule(element: XmlElement, words: LifecycleWords): NewRule {
  const filter = words.filter(element);
  const status = single(element, 'Status')?.text.trim();
  if (status !== 'Enabled' && status !== 'Disabled') throw malformedXml('Status must be Enabled or Disabled.');
  for (const name of ['Expiration', 'NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload']) {
    single(element, name);
  }
  const actions = element.children.flatMap((child) => decodeAction(child, words) ?? []);
  if (actions.length === 0) throw malformedXml('A Rule must have an action.');
  return {
    id: xmlText(element, 'ID') || undefined,
    filter,
    enabled: status === 'Enabled',
    actions,
  };
}

/** The only child of that name, if there is one. */
export function single(element: XmlElement, name: string): XmlElement | undefined {
  const found = xmlChildren(element, name);
  if (found.length > 1) throw malformedXml(`There may be one ${name}.`);
  return found[0];
}

export function decodeFilter(element: XmlElement): LifecycleFilter {
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

export function decodeCondition(element: XmlElement): Condition | undefined {
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
function decodeAction(element: XmlElement, words: LifecycleWords): LifecycleAction | undefined {
  switch (element.name) {
    case 'Transition':
      if (xmlChild(element, 'AccessFrequency') !== undefined) {
        throw new CosError('NotImplemented', { message: 'Transitions by AccessFrequency are not implemented.' });
      }
      return { kind: 'transition', when: decodeWhen(element), storageClass: decodeClass(element, words) };
    case 'Expiration':
      return decodeExpiration(element);
    case 'NoncurrentVersionTransition':
      return {
        kind: 'noncurrent-transition',
        ...decodeNoncurrent(element, words),
        storageClass: decodeClass(element, words),
      };
    case 'NoncurrentVersionExpiration':
      return { kind: 'noncurrent-expiration', ...decodeNoncurrent(element, words) };
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

interface Noncurrent {
  readonly days: number;
  readonly daysName: DaysName;
  readonly newer?: number;
}

/** Versions that may be kept by number. */
const MOST_NEWER = 100;

function decodeNoncurrent(element: XmlElement, { newerVersions }: LifecycleWords): Noncurrent {
  const given = newerVersions ? single(element, 'NewerNoncurrentVersions') : undefined;
  const newer = given === undefined ? undefined : integer(given);
  if (newer !== undefined && (newer < 1 || newer > MOST_NEWER)) {
    throw new CosError('InvalidArgument', { message: `NewerNoncurrentVersions must be from 1 to ${MOST_NEWER}.` });
  }
  for (const daysName of ['NoncurrentDays', 'Days'] as const) {
    const days = single(element, daysName);
    if (days === undefined) continue;
    return { days: integer(days), daysName, ...(newer === undefined ? {} : { newer }) };
  }
  throw malformedXml(`${element.name} must have NoncurrentDays.`);
}

function decodeClass(element: XmlElement, { storageClass }: LifecycleWords): string {
  const text = single(element, 'StorageClass')?.text.trim();
  if (text === undefined) throw malformedXml(`${element.name} must have a StorageClass.`);
  return storageClass(text);
}
