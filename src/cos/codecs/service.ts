/** GET Service. Source: spec/buckets.md §2. */
import { CosError } from '../../errors/cos-error.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { type GetServiceInput, getService } from '../../operations/get-service.ts';
import { codec, xmlReply } from '../codec.ts';
import { integer, requiredInteger, text } from '../decode/params.ts';
import { accountElement, isoSeconds } from '../encode.ts';
import type { CosRequest } from '../request.ts';

const MAX_BUCKETS = 2_000;
const RANGES = ['lt', 'lte', 'gt', 'gte'] as const;

export const getServiceCodec = codec({
  operation: getService,
  decode(request): GetServiceInput {
    const { query } = request;
    return {
      region: text(query, 'region') || request.region,
      marker: text(query, 'marker'),
      maxKeys: integer(query, 'max-keys', MAX_BUCKETS, 1, MAX_BUCKETS),
      created: decodeCreated(request),
      tag: decodeTag(request),
    };
  },
  encode({ uin, marker, buckets, truncated }) {
    let listed = '';
    for (const bucket of buckets) {
      listed += `<Bucket>${xmlElement('Name', bucket.name)}${xmlElement('Location', bucket.region)}`;
      listed += `<CreationDate>${isoSeconds(bucket.createdMs)}</CreationDate><BucketType>cos</BucketType></Bucket>`;
    }
    const nextMarker = truncated ? (buckets.at(-1)?.name ?? '') : '';
    return xmlReply(
      `<ListAllMyBucketsResult>${accountElement('Owner', uin)}${xmlElement('Marker', marker)}` +
        `${xmlElement('NextMarker', nextMarker)}${xmlElement('IsTruncated', truncated)}` +
        `<Buckets>${listed}</Buckets></ListAllMyBucketsResult>`,
    );
  },
});

function decodeCreated({ query }: CosRequest): GetServiceInput['created'] {
  const time = text(query, 'create-time');
  const range = text(query, 'range');
  if (time === '' && range === '') return undefined;
  const known = RANGES.find((name) => name === range);
  if (time === '' || known === undefined) {
    throw new CosError('InvalidArgument', { message: 'create-time and range (lt, lte, gt, gte) go together' });
  }
  return { range: known, seconds: requiredInteger(time, 'create-time', 0, Number.MAX_SAFE_INTEGER) };
}

function decodeTag({ query }: CosRequest): GetServiceInput['tag'] {
  const key = query.get('tagkey');
  const value = query.get('tagvalue');
  if (key !== undefined && value !== undefined) return { key, value };
  if (key === undefined && value === undefined) return undefined;
  throw new CosError('InvalidArgument', { message: 'tagkey and tagvalue go together' });
}
