/** The document of PUT Bucket domaincertificate, with a certificate made for one name. */
import { makeKeys, serverCertificate } from '../../src/platform/certificates/certificate.ts';

const DAY_MS = 86_400_000;

/** @param name DNS name */
export function certificateDocument(name: string): string {
  const keys = makeKeys();
  const validity = { fromMs: Date.now() - DAY_MS, toMs: Date.now() + DAY_MS };
  const certificate = serverCertificate({ name: 'test', keys: makeKeys() }, keys.publicKey, [name], validity);
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  return (
    '<DomainCertificate><CertificateInfo><CertType>CustomCert</CertType>' +
    `<CustomCert><Cert>${certificate}</Cert><PrivateKey>${key}</PrivateKey></CustomCert></CertificateInfo>` +
    `<DomainList><DomainName>${name}</DomainName></DomainList></DomainCertificate>`
  );
}
