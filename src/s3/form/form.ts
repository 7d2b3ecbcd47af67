/** Form uploads with the fields of Amazon S3. Source: spec/s3.md §4.3. */
import { ANONYMOUS } from '../../access/identity.ts';
import { decodeTagSet } from '../../cos/decode/tags.ts';
import type { FormDialect } from '../../cos/post/form-dialect.ts';
import { ANY_SIZE, decodePolicy } from '../../cos/post/policy.ts';
import { CosError } from '../../errors/cos-error.ts';
import { parseXml } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { headerChecksum, pushChecksum } from '../checksums.ts';
import { COS_META, S3_META, TO_COS, valueIn } from '../names.ts';
import { verifyS3Form } from '../signature/form.ts';
import { judgeS3Policy, parseS3Policy } from './policy.ts';

/** One is enough: a signature that lost its others must not pass for none. */
const SIGNING = ['awsaccesskeyid', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-signature'] as const;

/** A document in a field. */
const TAGGING = 'tagging';
const OWN = [...SIGNING, TAGGING];

/** @throws CosError MalformedXML, InvalidTag */
function tagHeader(document: Buffer): string {
  const flat = decodeTagSet(parseXml(document, 'Tagging'));
  const pairs: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    pairs.push(`${encodeURIComponent(flat[i]!)}=${encodeURIComponent(flat[i + 1]!)}`);
  }
  return pairs.join('&');
}

export const S3_FORM: FormDialect = {
  takes: (fields) => OWN.some((name) => fields.get(name) !== undefined),
  headerOf(name, value) {
    if (name === TAGGING) return ['x-cos-tagging', tagHeader(Buffer.from(value, 'latin1'))];
    if (name.startsWith(S3_META)) return [COS_META + name.slice(S3_META.length), value];
    const cosName = TO_COS.get(name) ?? name;
    return [cosName, valueIn(cosName, value)];
  },
  checksum: (fields) => headerChecksum(fields),
  answer: pushChecksum,
  created: (location, bucket, key, etag) =>
    `<PostResponse>${xmlElement('Location', location)}${xmlElement('Bucket', bucket)}${xmlElement('Key', key)}` +
    `<ETag>&quot;${etag}&quot;</ETag></PostResponse>`,
  permit(fields, buckets, keyRing, nowMs) {
    const field = fields.get('policy') ?? '';
    if (field === '') {
      if (SIGNING.some((name) => (fields.get(name) ?? '') !== '')) {
        throw new CosError('InvalidArgument', { message: "Bucket POST must contain a field named 'policy'." });
      }
      return { identity: ANONYMOUS, size: ANY_SIZE };
    }
    const policy = decodePolicy(field);
    const identity = verifyS3Form(fields, field, keyRing, nowMs);
    return { identity, size: judgeS3Policy(parseS3Policy(policy), fields, fields.names(), buckets, nowMs) };
  },
};
