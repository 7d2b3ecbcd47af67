/** Intelligent tiering of a bucket, in both versions of its documents. Source: spec/buckets.md §24. */
import { CosError } from '../../errors/cos-error.ts';
import { DEFAULT_RULE, type TieringRule, type TieringStatus } from '../../features/intelligent-tiering/rule.ts';
import { XML_CONFIG_BYTES, type XmlElement, xmlChild, xmlChildren, xmlText } from '../../http/xml.ts';
import type { Tiering } from '../../model/records/bucket-features.ts';
import {
  deleteBucketIntelligentTieringV2,
  getBucketIntelligentTiering,
  getBucketIntelligentTieringV2,
  listBucketIntelligentTieringConfigurations,
  type PutBucketIntelligentTieringInput,
  putBucketIntelligentTiering,
  putBucketIntelligentTieringV2,
} from '../../operations/bucket-intelligent-tiering.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import type { CosRequest } from '../request.ts';

const ROOT = 'IntelligentTieringConfiguration';
const MAX_STEPS = 100;

export const putBucketIntelligentTieringCodec = codec({
  operation: putBucketIntelligentTiering,
  async decode({ wire }, limits): Promise<PutBucketIntelligentTieringInput> {
    const root = await readXml(wire, ROOT, XML_CONFIG_BYTES, limits);
    const transition = xmlChild(root, 'Transition');
    if (transition === undefined) throw new CosError('MalformedXML', { message: 'There must be a Transition.' });
    return { status: decodeStatus(root), ...decodeNumbers(transition) };
  },
  encode: () => emptyReply(),
});

function decodeStatus(root: XmlElement): TieringStatus {
  const status = xmlText(root, 'Status') ?? '';
  if (status === 'Enabled') return status;
  if (status === 'Disabled' || status === 'Suspended') return 'Disabled';
  if (status === '') throw new CosError('MalformedXML', { message: 'There must be a Status.' });
  throw new CosError('InvalidArgument', { message: 'Status must be Enabled or Disabled.' });
}

function decodeNumbers(element: XmlElement): { days: number; requestFrequent: number | undefined } {
  const days = decodeNumber(element, 'Days');
  if (days === undefined) throw new CosError('MalformedXML', { message: 'There must be Days.' });
  return { days, requestFrequent: decodeNumber(element, 'RequestFrequent') };
}

function decodeNumber(element: XmlElement, name: string): number | undefined {
  const text = xmlText(element, name) ?? '';
  if (text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new CosError('InvalidArgument', { message: `${name} must be a number.` });
  return Number(text);
}

async function withoutBody({ wire }: CosRequest): Promise<undefined> {
  await refuseBody(wire);
  return undefined;
}

export const getBucketIntelligentTieringCodec = codec({
  operation: getBucketIntelligentTiering,
  decode: withoutBody,
  encode(tiering) {
    if (tiering === undefined) return xmlReply(`<${ROOT}/>`);
    const numbers = `<Days>${tiering.days}</Days><RequestFrequent>1</RequestFrequent>`;
    return xmlReply(`<${ROOT}><Status>Enabled</Status><Transition>${numbers}</Transition></${ROOT}>`);
  },
});

async function ruleId(request: CosRequest): Promise<{ id: string }> {
  await refuseBody(request.wire);
  return { id: idOf(request) };
}

function idOf({ query }: CosRequest): string {
  const id = query.get('id') ?? '';
  if (id === '') throw new CosError('InvalidArgument', { message: 'The id must not be empty.' });
  return id;
}

export const putBucketIntelligentTieringV2Codec = codec({
  operation: putBucketIntelligentTieringV2,
  async decode(request, limits): Promise<TieringRule> {
    const root = await readXml(request.wire, ROOT, XML_CONFIG_BYTES, limits);
    const id = idOf(request);
    if ((xmlText(root, 'Id') || id) !== id) {
      throw new CosError('InvalidArgument', { message: 'The Id must be the one of the request.' });
    }
    const steps = xmlChildren(root, 'Tiering').map((step) => ({
      accessTier: xmlText(step, 'AccessTier') ?? '',
      ...decodeNumbers(step),
    }));
    if (steps.length === 0) throw new CosError('MalformedXML', { message: 'There must be a Tiering.' });
    if (steps.length > MAX_STEPS) throw new CosError('InvalidArgument', { message: 'There are too many Tierings.' });
    const filter = xmlChild(root, 'Filter');
    return { id, status: decodeStatus(root), hasFilter: filter !== undefined && filter.children.length > 0, steps };
  },
  encode: () => emptyReply(),
});

function defaultRule({ days }: Tiering): string {
  const step = `<AccessTier>INFREQUENT</AccessTier><Days>${days}</Days><RequestFrequent>1</RequestFrequent>`;
  return `<${ROOT}><Id>${DEFAULT_RULE}</Id><Status>Enabled</Status><Tiering>${step}</Tiering></${ROOT}>`;
}

export const getBucketIntelligentTieringV2Codec = codec({
  operation: getBucketIntelligentTieringV2,
  decode: ruleId,
  encode: (tiering) => xmlReply(defaultRule(tiering)),
});

const LIST_ROOT = 'ListBucketIntelligentTieringConfigurationsOutput';

export const listBucketIntelligentTieringConfigurationsCodec = codec({
  operation: listBucketIntelligentTieringConfigurations,
  decode: withoutBody,
  encode: (tiering) => xmlReply(`<${LIST_ROOT}>${tiering === undefined ? '' : defaultRule(tiering)}</${LIST_ROOT}>`),
});

export const deleteBucketIntelligentTieringV2Codec = codec({
  operation: deleteBucketIntelligentTieringV2,
  decode: ruleId,
  encode: () => emptyReply(204),
});
