/** PUT, GET and DELETE Bucket encryption. Source: spec/buckets.md §23. */
import { CosError } from '../../errors/cos-error.ts';
import type { GivenEncryption } from '../../features/default-encryption/rule.ts';
import { XML_CONFIG_BYTES, xmlChild, xmlChildren, xmlText } from '../../http/xml.ts';
import { xmlElement, xmlOptional } from '../../http/xml-writer.ts';
import {
  deleteBucketEncryption,
  getBucketEncryption,
  putBucketEncryption,
} from '../../operations/bucket-encryption.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';

export const putBucketEncryptionCodec = codec({
  operation: putBucketEncryption,
  async decode({ wire }, limits): Promise<GivenEncryption> {
    const root = await readXml(wire, 'ServerSideEncryptionConfiguration', XML_CONFIG_BYTES, limits);
    const [rule, second] = xmlChildren(root, 'Rule');
    if (rule === undefined) throw new CosError('MalformedXML', { message: 'There must be a Rule.' });
    if (second !== undefined) throw new CosError('InvalidArgument', { message: 'There may be one Rule only.' });
    // The Node and Python clients call it by the other name.
    const applied =
      xmlChild(rule, 'ApplyServerSideEncryptionByDefault') ?? xmlChild(rule, 'ApplySideEncryptionConfiguration');
    const algorithm = applied === undefined ? '' : (xmlText(applied, 'SSEAlgorithm') ?? '');
    if (applied === undefined || algorithm === '') {
      throw new CosError('MalformedXML', { message: 'A Rule must have an SSEAlgorithm.' });
    }
    return {
      algorithm,
      keyId: xmlText(applied, 'KMSMasterKeyID') || undefined,
      kmsAlgorithm: xmlText(applied, 'KMSAlgorithm') || undefined,
      bucketKeyEnabled: xmlText(rule, 'BucketKeyEnabled') || undefined,
    };
  },
  encode: () => emptyReply(),
});

export const getBucketEncryptionCodec = codec({
  operation: getBucketEncryption,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ mode, keyId, kmsAlgorithm, bucketKeyEnabled }) =>
    xmlReply(
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>' +
        xmlElement('SSEAlgorithm', mode === 'kms' ? 'KMS' : 'AES256') +
        xmlOptional('KMSMasterKeyID', keyId) +
        xmlOptional('KMSAlgorithm', kmsAlgorithm) +
        '</ApplyServerSideEncryptionByDefault>' +
        xmlOptional('BucketKeyEnabled', bucketKeyEnabled) +
        '</Rule></ServerSideEncryptionConfiguration>',
    ),
});

export const deleteBucketEncryptionCodec = codec({
  operation: deleteBucketEncryption,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
