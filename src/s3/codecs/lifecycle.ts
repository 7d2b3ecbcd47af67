/** Lifecycle rules as Amazon S3 writes them. Source: spec/s3.md §7, §8; spec/buckets.md §12. */
import { codec, emptyReply } from '../../cos/codec.ts';
import * as native from '../../cos/codecs/bucket-lifecycle.ts';
import { decodeFilter, type LifecycleWords, readLifecycle, single } from '../../cos/decode/lifecycle.ts';
import { lifecycleReply } from '../../cos/lifecycle-reply.ts';
import type { Condition, LifecycleFilter } from '../../features/lifecycle/rules.ts';
import { malformedXml, type XmlElement, xmlChild } from '../../http/xml.ts';
import {
  getBucketLifecycle,
  type PutBucketLifecycleInput,
  putBucketLifecycle,
} from '../../operations/bucket-lifecycle.ts';
import { storageClassIn, storageClassOut } from '../names.ts';
import { over } from './over.ts';

/** As much as clients can send. */
const MOST_DAYS = 2 ** 31 - 1;

const WORDS: LifecycleWords = { storageClass: storageClassIn, filter: filterOf, newerVersions: true };

/** Before there were filters, rules had a prefix. @throws CosError MalformedXML */
function filterOf(rule: XmlElement): LifecycleFilter {
  const filter = single(rule, 'Filter');
  const prefix = single(rule, 'Prefix');
  if (filter !== undefined && prefix !== undefined) throw malformedXml('A Rule has either a Filter or a Prefix.');
  if (filter !== undefined) return severalIn(filter);
  if (prefix === undefined) throw malformedXml('A Rule must have a Filter or a Prefix.');
  return { and: false, bare: true, conditions: [{ kind: 'prefix', prefix: prefix.text }] };
}

/**
 * Some clients write several conditions beside each other, or beside `And`: all of them must hold, which touches the
 * fewest objects that they can have meant.
 */
function severalIn(filter: XmlElement): LifecycleFilter {
  const inner = xmlChild(filter, 'And');
  if (inner === undefined && filter.children.length < 2) return decodeFilter(filter);
  const beside = filter.children.filter(({ name }) => name !== 'And');
  const children = [...beside, ...(inner?.children ?? [])];
  if (inner !== undefined && xmlChild(inner, 'And') !== undefined) throw malformedXml('And may not hold another And.');
  const prefixes = children.filter(({ name }) => name === 'Prefix');
  const rest = children.filter(({ name }) => name !== 'Prefix');
  const { conditions } = decodeFilter({ ...filter, children: [{ ...filter, name: 'And', children: rest }] });
  const prefix = prefixes.length === 0 ? [] : [narrowest(prefixes.map(({ text }) => text))];
  return { and: true, conditions: [...prefix, ...conditions] };
}

/** @throws CosError MalformedXML where no key has all the prefixes */
function narrowest(prefixes: readonly string[]): Condition {
  const longest = prefixes.reduce((a, b) => (b.length > a.length ? b : a));
  if (!prefixes.every((prefix) => longest.startsWith(prefix))) throw malformedXml('No key has both prefixes.');
  return { kind: 'prefix', prefix: longest };
}

export const putBucketLifecycleCodec = codec({
  operation: putBucketLifecycle,
  async decode({ wire }, limits): Promise<PutBucketLifecycleInput> {
    const rules = await readLifecycle(wire, limits, WORDS);
    return { rules, limits: { utcDates: true, mostDays: MOST_DAYS }, lockedBucket: 'keep-locked' };
  },
  encode: () => emptyReply(),
});

export const getBucketLifecycleCodec = over(getBucketLifecycle, native.getBucketLifecycleCodec, {
  reply: (_, configuration) => lifecycleReply(configuration, storageClassOut),
});
