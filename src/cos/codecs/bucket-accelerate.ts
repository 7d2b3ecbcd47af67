/** PUT and GET Bucket accelerate. Source: spec/buckets.md §26. */
import { CosError } from '../../errors/cos-error.ts';
import { XML_CONFIG_BYTES, xmlText } from '../../http/xml.ts';
import { type AccelerateStatus, getBucketAccelerate, putBucketAccelerate } from '../../operations/bucket-accelerate.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';

const STATUS: ReadonlyMap<string, AccelerateStatus> = new Map([
  ['Enabled', 'enabled'],
  ['Suspended', 'suspended'],
]);

export const putBucketAccelerateCodec = codec({
  operation: putBucketAccelerate,
  async decode({ wire }, limits): Promise<AccelerateStatus> {
    const root = await readXml(wire, 'AccelerateConfiguration', XML_CONFIG_BYTES, limits);
    const text = xmlText(root, 'Status') ?? '';
    if (text === '') throw new CosError('MalformedXML', { message: 'There must be a Status.' });
    const status = STATUS.get(text);
    if (status === undefined) {
      throw new CosError('InvalidArgument', { message: 'Status must be Enabled or Suspended.' });
    }
    if ((xmlText(root, 'Type') || 'COS') !== 'COS') {
      throw new CosError('InvalidArgument', { message: 'Type must be COS.' });
    }
    return status;
  },
  encode: () => emptyReply(),
});

export const getBucketAccelerateCodec = codec({
  operation: getBucketAccelerate,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode(status) {
    if (status === undefined) return xmlReply('<AccelerateConfiguration/>');
    const shown = status === 'enabled' ? 'Enabled' : 'Suspended';
    return xmlReply(`<AccelerateConfiguration><Status>${shown}</Status><Type>COS</Type></AccelerateConfiguration>`);
  },
});
