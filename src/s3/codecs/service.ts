/** ListBuckets. Source: spec/s3.md §7. */
import { codec, xmlReply } from '../../cos/codec.ts';
import { integer, text } from '../../cos/decode/params.ts';
import { accountElement, isoMillis } from '../../cos/encode.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { type GetServiceInput, getService } from '../../operations/get-service.ts';

const MAX_BUCKETS = 10_000;

export const listBucketsCodec = codec({
  operation: getService,
  decode({ query, region }): GetServiceInput {
    return {
      region: text(query, 'bucket-region') || region,
      marker: text(query, 'continuation-token'),
      maxKeys: integer(query, 'max-buckets', MAX_BUCKETS, 1, MAX_BUCKETS),
      created: undefined,
      tag: undefined,
      prefix: text(query, 'prefix'),
    };
  },
  encode({ uin, buckets, truncated }, { bucketLabel, query }) {
    let listed = '';
    for (const { name, createdMs, region } of buckets) {
      listed += `<Bucket>${xmlElement('Name', bucketLabel(name))}<CreationDate>${isoMillis(createdMs)}</CreationDate>`;
      listed += `${xmlElement('BucketRegion', region)}${xmlElement('Location', region)}</Bucket>`;
    }
    const prefix = text(query, 'prefix');
    return xmlReply(
      `<ListAllMyBucketsResult>${accountElement('Owner', uin)}<Buckets>${listed}</Buckets>` +
        (truncated ? xmlElement('ContinuationToken', buckets.at(-1)!.name) : '') +
        `${prefix === '' ? '' : xmlElement('Prefix', prefix)}</ListAllMyBucketsResult>`,
    );
  },
});
