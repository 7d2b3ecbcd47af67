/** PUT, GET and DELETE Bucket replication. Source: spec/buckets.md §22. */
import type {
  ReplicationCondition,
  ReplicationDestination,
  ReplicationFilter,
  ReplicationRule,
} from '../../features/replication/rules.ts';
import { malformedXml, type XmlElement, xmlChild, xmlChildren, xmlExactText, xmlText } from '../../http/xml.ts';
import { xmlElement, xmlOptional, xmlWrap } from '../../http/xml-writer.ts';
import {
  deleteBucketReplication,
  getBucketReplication,
  type PutBucketReplicationInput,
  putBucketReplication,
} from '../../operations/bucket-replication.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import { isoSeconds } from '../encode.ts';

/** It may hold 1,000 rules, bytes. */
const MAX_BYTES = 1024 ** 2;
const INTEGER = /^\d{1,10}$/;
const MAX_ROLE = 256;

export const putBucketReplicationCodec = codec({
  operation: putBucketReplication,
  async decode({ wire }, limits): Promise<PutBucketReplicationInput> {
    const root = await readXml(wire, 'ReplicationConfiguration', MAX_BYTES, limits);
    const role = single(root, 'Role')?.text.trim() ?? '';
    if (role === '') throw malformedXml('There must be a Role.');
    if (role.length > MAX_ROLE) throw malformedXml('The Role is too long.');
    const rules = xmlChildren(root, 'Rule').map(decodeRule);
    if (rules.length === 0) throw malformedXml('There must be a Rule.');
    return { role, rules };
  },
  encode: () => emptyReply(),
});

function decodeRule(element: XmlElement): ReplicationRule {
  const destination = single(element, 'Destination');
  if (destination === undefined) throw malformedXml('A Rule must have a Destination.');
  const enabled = statusOf(element);
  if (enabled === undefined) throw malformedXml('A Rule must have a Status.');
  const priority = single(element, 'Priority')?.text.trim() || undefined;
  if (priority !== undefined && !INTEGER.test(priority)) throw malformedXml('Priority must be an integer.');
  const criteria = single(element, 'SourceSelectionCriteria');
  const kms = criteria === undefined ? undefined : single(criteria, 'SseKmsEncryptedObjects');
  const markers = single(element, 'DeleteMarkerReplication');
  return {
    id: xmlText(element, 'ID') || undefined,
    enabled,
    priority: priority === undefined ? undefined : Number(priority),
    scope: decodeScope(element),
    destination: decodeDestination(destination),
    deleteMarkers: markers === undefined ? undefined : statusOf(markers),
    kmsObjects: kms === undefined ? undefined : statusOf(kms),
  };
}

/** @returns undefined where there is none */
function statusOf(element: XmlElement): boolean | undefined {
  const status = single(element, 'Status')?.text.trim();
  if (status === undefined) return undefined;
  if (status !== 'Enabled' && status !== 'Disabled') throw malformedXml('Status must be Enabled or Disabled.');
  return status === 'Enabled';
}

function decodeScope(element: XmlElement): ReplicationRule['scope'] {
  const prefix = single(element, 'Prefix');
  const filter = single(element, 'Filter');
  if (prefix !== undefined && filter !== undefined) throw malformedXml('A Rule has a Prefix or a Filter.');
  if (prefix !== undefined) return { prefix: prefix.text };
  return filter === undefined ? undefined : decodeFilter(filter);
}

function decodeFilter(element: XmlElement): ReplicationFilter {
  const and = single(element, 'And');
  const conditions = (and ?? element).children.flatMap((child) => decodeCondition(child) ?? []);
  if (and === undefined && conditions.length > 1) throw malformedXml('Several conditions must be in And.');
  if (and !== undefined && element.children.some((child) => decodeCondition(child) !== undefined)) {
    throw malformedXml('Conditions beside And must be in it.');
  }
  if (conditions.filter(({ kind }) => kind === 'prefix').length > 1) throw malformedXml('There may be one Prefix.');
  return { and: and !== undefined, conditions };
}

function decodeCondition(element: XmlElement): ReplicationCondition | undefined {
  if (element.name === 'Prefix') return { kind: 'prefix', prefix: element.text };
  if (element.name !== 'Tag') return undefined;
  const key = xmlExactText(element, 'Key');
  const value = xmlExactText(element, 'Value');
  if (key === undefined || value === undefined) throw malformedXml('A Tag must have a Key and a Value.');
  return { kind: 'tag', key, value };
}

function decodeDestination(element: XmlElement): ReplicationDestination {
  const bucket = single(element, 'Bucket')?.text.trim() ?? '';
  if (bucket === '') throw malformedXml('A Destination must have a Bucket.');
  const encryption = xmlChild(element, 'EncryptionConfiguration');
  return {
    bucket,
    storageClass: single(element, 'StorageClass')?.text.trim() || undefined,
    replicaKmsKeyId: (encryption === undefined ? undefined : xmlText(encryption, 'ReplicaKmsKeyID')) || undefined,
  };
}

/** The only child of that name, if there is one. */
function single(element: XmlElement, name: string): XmlElement | undefined {
  const found = xmlChildren(element, name);
  if (found.length > 1) throw malformedXml(`There may be one ${name}.`);
  return found[0];
}

export const getBucketReplicationCodec = codec({
  operation: getBucketReplication,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode({ role, rules, setMs }) {
    const content = xmlElement('Role', role) + rules.map(ruleElement).join('');
    const headers = ['x-cos-replication-rule-creation-time', isoSeconds(setMs)];
    return xmlReply(xmlWrap('ReplicationConfiguration', content), headers);
  },
});

const statusElement = (enabled: boolean): string => xmlElement('Status', enabled ? 'Enabled' : 'Disabled');

function ruleElement(rule: ReplicationRule): string {
  const { id, enabled, priority, scope, destination, deleteMarkers, kmsObjects } = rule;
  return xmlWrap(
    'Rule',
    [
      xmlOptional('ID', id),
      statusElement(enabled),
      xmlOptional('Priority', priority),
      scopeElement(scope),
      destinationElement(destination),
      deleteMarkers === undefined ? '' : xmlWrap('DeleteMarkerReplication', statusElement(deleteMarkers)),
      kmsObjects === undefined
        ? ''
        : xmlWrap('SourceSelectionCriteria', xmlWrap('SseKmsEncryptedObjects', statusElement(kmsObjects))),
    ].join(''),
  );
}

function scopeElement(scope: ReplicationRule['scope']): string {
  if (scope === undefined) return '';
  if ('prefix' in scope) return xmlElement('Prefix', scope.prefix);
  const conditions = scope.conditions.map((condition) =>
    condition.kind === 'prefix'
      ? xmlElement('Prefix', condition.prefix)
      : xmlWrap('Tag', xmlElement('Key', condition.key) + xmlElement('Value', condition.value)),
  );
  return xmlWrap('Filter', scope.and ? xmlWrap('And', conditions.join('')) : conditions.join(''));
}

function destinationElement({ bucket, storageClass, replicaKmsKeyId }: ReplicationDestination): string {
  const encryption =
    replicaKmsKeyId === undefined
      ? ''
      : xmlWrap('EncryptionConfiguration', xmlElement('ReplicaKmsKeyID', replicaKmsKeyId));
  return xmlWrap('Destination', xmlElement('Bucket', bucket) + xmlOptional('StorageClass', storageClass) + encryption);
}

export const deleteBucketReplicationCodec = codec({
  operation: deleteBucketReplication,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
