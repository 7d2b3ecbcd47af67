/** PUT, GET and DELETE Bucket domain. Source: spec/buckets.md §17. */
import { CosError } from '../../errors/cos-error.ts';
import { type AskedDomainRule, DOMAIN_TYPES, type DomainRule } from '../../features/domains/rules.ts';
import { malformedXml, XML_CONFIG_BYTES, type XmlElement, xmlChildren, xmlText } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { deleteBucketDomain, getBucketDomain, putBucketDomain } from '../../operations/bucket-domain.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';

const ROOT = 'DomainConfiguration';
const STATES = ['ENABLED', 'DISABLED'] as const;
const PROOFS = ['CNAME', 'TXT'] as const;

export const putBucketDomainCodec = codec({
  operation: putBucketDomain,
  async decode({ wire }, limits): Promise<readonly AskedDomainRule[]> {
    const rules = xmlChildren(await readXml(wire, ROOT, XML_CONFIG_BYTES, limits), 'DomainRule').map(decodeRule);
    if (rules.length === 0) throw malformedXml('There must be a DomainRule.');
    return rules;
  },
  encode: () => emptyReply(),
});

function decodeRule(element: XmlElement): AskedDomainRule {
  const name = xmlText(element, 'Name');
  if (name === undefined) throw malformedXml('A DomainRule must have a Name.');
  const forced = xmlText(element, 'ForcedReplacement') || undefined;
  return {
    enabled: choice('Status', STATES, xmlText(element, 'Status')) === 'ENABLED',
    name,
    type: choice('Type', DOMAIN_TYPES, xmlText(element, 'Type')),
    forced: forced === undefined ? undefined : choice('ForcedReplacement', PROOFS, forced),
  };
}

function choice<T extends string>(element: string, choices: readonly T[], text: string | undefined): T {
  if (text === undefined || text === '') throw malformedXml(`A DomainRule must have a ${element}.`);
  const found = choices.find((one) => one === text);
  if (found === undefined) {
    throw new CosError('InvalidArgument', { message: `${element} must be ${choices.join(' or ')}.` });
  }
  return found;
}

export const getBucketDomainCodec = codec({
  operation: getBucketDomain,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ rules, txtVerification }) =>
    xmlReply(`<${ROOT}>${rules.map(ruleElement).join('')}</${ROOT}>`, [
      'x-cos-domain-txt-verification',
      txtVerification,
    ]),
});

function ruleElement({ enabled, name, type }: DomainRule): string {
  const content = [
    xmlElement('Status', enabled ? 'ENABLED' : 'DISABLED'),
    xmlElement('Name', name),
    xmlElement('Type', type),
  ];
  return `<DomainRule>${content.join('')}</DomainRule>`;
}

export const deleteBucketDomainCodec = codec({
  operation: deleteBucketDomain,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
