/** Default encryption of a bucket in the words of S3. Source: spec/s3.md §6; spec/buckets.md §23. */
import { codec, emptyReply, xmlReply } from '../../cos/codec.ts';
import { readXml, refuseBody } from '../../cos/decode/body.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { GivenEncryption } from '../../features/default-encryption/rule.ts';
import { malformedXml, XML_CONFIG_BYTES, xmlChild, xmlChildren, xmlText } from '../../http/xml.ts';
import { xmlElement, xmlOptional, xmlWrap } from '../../http/xml-writer.ts';
import { getBucketEncryption, putBucketEncryption } from '../../operations/bucket-encryption.ts';

const ALGORITHMS: Readonly<Record<string, string>> = { AES256: 'AES256', 'aws:kms': 'KMS' };

export const putBucketEncryptionCodec = codec({
  operation: putBucketEncryption,
  async decode({ wire }, limits): Promise<GivenEncryption> {
    const root = await readXml(wire, 'ServerSideEncryptionConfiguration', XML_CONFIG_BYTES, limits);
    const [rule, second] = xmlChildren(root, 'Rule');
    if (rule === undefined || second !== undefined) throw malformedXml('There must be one Rule.');
    const applied = xmlChild(rule, 'ApplyServerSideEncryptionByDefault');
    const word = applied === undefined ? undefined : xmlText(applied, 'SSEAlgorithm');
    if (applied === undefined || word === undefined) throw malformedXml('A Rule must have an SSEAlgorithm.');
    if (word === 'aws:kms:dsse') {
      throw new CosError('NotImplemented', { message: 'Dual-layer encryption is not implemented.' });
    }
    const algorithm = Object.hasOwn(ALGORITHMS, word) ? ALGORITHMS[word] : undefined;
    if (algorithm === undefined) throw malformedXml('SSEAlgorithm must be AES256 or aws:kms.');
    return {
      algorithm,
      keyId: xmlText(applied, 'KMSMasterKeyID') || undefined,
      kmsAlgorithm: undefined,
      bucketKeyEnabled: xmlText(rule, 'BucketKeyEnabled') || undefined,
      bucketKeys: 'keep',
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
  encode({ mode, keyId, bucketKeyEnabled = false }) {
    const applied =
      xmlElement('SSEAlgorithm', mode === 'kms' ? 'aws:kms' : 'AES256') + xmlOptional('KMSMasterKeyID', keyId);
    const rule = xmlWrap('ApplyServerSideEncryptionByDefault', applied);
    return xmlReply(
      xmlWrap(
        'ServerSideEncryptionConfiguration',
        xmlWrap('Rule', rule + xmlElement('BucketKeyEnabled', bucketKeyEnabled)),
      ),
    );
  },
});
