/** PUT, GET and DELETE Bucket domaincertificate. Source: spec/buckets.md §17.1. */
import { CosError } from '../../errors/cos-error.ts';
import { malformedXml, XML_CONFIG_BYTES, type XmlElement, xmlChild, xmlChildren, xmlText } from '../../http/xml.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import {
  type DomainCertificateState,
  type DomainNameInput,
  deleteBucketDomainCertificate,
  getBucketDomainCertificate,
  type PutDomainCertificateInput,
  putBucketDomainCertificate,
} from '../../operations/bucket-domain-certificate.ts';
import { codec, emptyReply, xmlReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import type { CosRequest } from '../request.ts';

const ROOT = 'DomainCertificate';
const CERTIFICATE_ID = /^[\x21-\x7e]{1,64}$/;

export const putBucketDomainCertificateCodec = codec({
  operation: putBucketDomainCertificate,
  async decode({ wire }, limits): Promise<PutDomainCertificateInput> {
    const root = await readXml(wire, ROOT, XML_CONFIG_BYTES, limits);
    const info = xmlChild(root, 'CertificateInfo');
    const custom = info && xmlChild(info, 'CustomCert');
    const list = xmlChild(root, 'DomainList');
    const domains = list === undefined ? [] : xmlChildren(list, 'DomainName').map(({ text }) => text.trim());
    if (info === undefined || custom === undefined) throw malformedXml('There must be a CustomCert.');
    if (domains.length === 0 || domains.includes('')) throw malformedXml('There must be a DomainName.');
    if (xmlText(info, 'CertType') !== 'CustomCert') {
      throw new CosError('InvalidArgument', { message: 'CertType must be CustomCert.' });
    }
    return { certificate: decodeCertificate(custom), domains };
  },
  encode: () => emptyReply(),
});

function decodeCertificate(custom: XmlElement): PutDomainCertificateInput['certificate'] {
  const id = xmlText(custom, 'CertId') || undefined;
  const chain = xmlText(custom, 'Cert') || undefined;
  const key = xmlText(custom, 'PrivateKey') || undefined;
  if (id !== undefined && !CERTIFICATE_ID.test(id)) {
    throw new CosError('InvalidArgument', { message: 'CertId must be 1 to 64 visible ASCII characters.' });
  }
  if (chain === undefined && key === undefined && id !== undefined) {
    throw new CosError('NotImplemented', { message: 'No certificates are hosted here: send Cert and PrivateKey.' });
  }
  if (chain === undefined || key === undefined) throw malformedXml('There must be a Cert and its PrivateKey.');
  return { chain, key, id };
}

export const getBucketDomainCertificateCodec = codec({
  operation: getBucketDomainCertificate,
  decode: decodeDomain,
  encode: (state) => xmlReply(`<${ROOT}>${elementsOf(state)}</${ROOT}>`),
});

function elementsOf(state: DomainCertificateState): string {
  if (state === undefined) return xmlElement('Status', 'Disabled');
  const { id, beginS, endS } = state;
  const info = xmlElement('CertId', id) + xmlElement('ValidityBegin', beginS) + xmlElement('ValidityExpire', endS);
  return `${xmlElement('Status', 'Enabled')}<CertificateInfo>${info}</CertificateInfo>`;
}

async function decodeDomain({ wire, query }: CosRequest): Promise<DomainNameInput> {
  await refuseBody(wire);
  const domain = query.get('domainname');
  if (domain === undefined || domain === '') {
    throw new CosError('InvalidArgument', { message: 'domainname must be given.' });
  }
  return { domain };
}

export const deleteBucketDomainCertificateCodec = codec({
  operation: deleteBucketDomainCertificate,
  decode: decodeDomain,
  encode: () => emptyReply(204),
});
