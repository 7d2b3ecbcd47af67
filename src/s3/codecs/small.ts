/** Documents about what this server does not offer: empty ones, as buckets have that never asked for it. Source: spec/s3.md §6, §11. */
import { type AnyCodec, codec, emptyReply, xmlReply } from '../../cos/codec.ts';
import { readXml, refuseBody } from '../../cos/decode/body.ts';
import { malformedXml, XML_CONFIG_BYTES, xmlText } from '../../http/xml.ts';
import type { BucketOperation } from '../../operations/operation.ts';
import * as unoffered from '../../operations/unoffered-configs.ts';

function told(operation: BucketOperation<undefined, void>, document: string): AnyCodec {
  return codec({
    operation,
    async decode({ wire }) {
      await refuseBody(wire);
      return undefined;
    },
    encode: () => xmlReply(document),
  });
}

const emptyList = (root: string): string => `<${root}><IsTruncated>false</IsTruncated></${root}>`;

export const getBucketRequestPaymentCodec = told(
  unoffered.getBucketRequestPayment,
  '<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>',
);

export const putBucketRequestPaymentCodec = codec({
  operation: unoffered.putBucketRequestPayment,
  async decode({ wire }, limits) {
    const payer = xmlText(await readXml(wire, 'RequestPaymentConfiguration', XML_CONFIG_BYTES, limits), 'Payer');
    if (payer !== 'BucketOwner' && payer !== 'Requester') throw malformedXml('Payer must be BucketOwner or Requester.');
    return { asks: payer === 'Requester' };
  },
  encode: () => emptyReply(),
});

export const getBucketNotificationCodec = told(unoffered.getBucketNotification, '<NotificationConfiguration/>');

export const putBucketNotificationCodec = codec({
  operation: unoffered.putBucketNotification,
  async decode({ wire }, limits) {
    const root = await readXml(wire, 'NotificationConfiguration', XML_CONFIG_BYTES, limits);
    return { asks: root.children.length > 0 };
  },
  encode: () => emptyReply(),
});

/** Never encoded: there is none. */
export const getBucketAnalyticsCodec = told(unoffered.getBucketAnalytics, '');
export const getBucketMetricsCodec = told(unoffered.getBucketMetrics, '');

export const listBucketAnalyticsCodec = told(
  unoffered.listBucketAnalytics,
  emptyList('ListBucketAnalyticsConfigurationResult'),
);
export const listBucketMetricsCodec = told(unoffered.listBucketMetrics, emptyList('ListMetricsConfigurationsResult'));
