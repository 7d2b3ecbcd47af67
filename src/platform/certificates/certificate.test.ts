import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authorityCertificate, makeKeys, serverCertificate } from './certificate.ts';
import { integer, objectId, time } from './der.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-26T12:34:56Z');
const validity = { fromMs: NOW, toMs: NOW + 10 * DAY_MS };

function authority() {
  const issuer = { name: 'Cosette local CA 0001', keys: makeKeys() };
  return { issuer, certificate: new X509Certificate(authorityCertificate(issuer, validity)) };
}

describe('certificates', () => {
  it('of an authority sign themselves and say what they are', () => {
    const { issuer, certificate } = authority();
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe('O=Cosette\nCN=Cosette local CA 0001');
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.verify(issuer.keys.publicKey)).toBe(true);
    expect(Date.parse(certificate.validFrom)).toBe(validity.fromMs);
    expect(Date.parse(certificate.validTo)).toBe(validity.toMs);
  });

  it('of a server are signed by the authority and carry every name', () => {
    const { issuer, certificate } = authority();
    const keys = makeKeys();
    const names = [
      '*.cos.ap-guangzhou.myqcloud.com',
      'localhost',
      '127.0.0.1',
      '::1',
      '2001:db8::f:0:1',
      '::ffff:1.2.3.4',
    ];
    const leaf = new X509Certificate(serverCertificate(issuer, keys.publicKey, names, validity));
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(certificate)).toBe(true);
    expect(leaf.verify(issuer.keys.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(keys.privateKey)).toBe(true);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(leaf.checkHost('b-1250000000.cos.ap-guangzhou.myqcloud.com')).toBe('*.cos.ap-guangzhou.myqcloud.com');
    expect(leaf.checkHost('a.b.cos.ap-guangzhou.myqcloud.com')).toBeUndefined();
    expect(leaf.checkHost('example.com')).toBeUndefined();
    for (const ip of ['127.0.0.1', '::1', '2001:db8::f:0:1']) expect(leaf.checkIP(ip)).toBe(ip);
    expect(leaf.checkIP('127.0.0.2')).toBeUndefined();
    expect(leaf.subjectAltName).toContain('IP Address:0:0:0:0:0:FFFF:102:304');
  });

  it('have serial numbers of their own, positive', () => {
    const { issuer } = authority();
    const serial = () => new X509Certificate(authorityCertificate(issuer, validity)).serialNumber;
    const [first, second] = [serial(), serial()];
    expect(first).not.toBe(second);
    expect(first).toMatch(/^40[0-9A-F]{30}$/);
  });

  it('hold hundreds of names, and dates after 2049', () => {
    const { issuer } = authority();
    const names = Array.from({ length: 600 }, (_, at) => `${'n'.repeat(60)}${at}.${'d'.repeat(60)}.example.com`);
    const toMs = Date.parse('2050-01-01T00:00:00Z');
    const leaf = new X509Certificate(serverCertificate(issuer, issuer.keys.publicKey, names, { fromMs: NOW, toMs }));
    expect(leaf.raw.length).toBeGreaterThan(65_536);
    expect(leaf.checkHost(names[599]!)).toBe(names[599]);
    expect(Date.parse(leaf.validTo)).toBe(toMs);
  });
});

describe('DER', () => {
  it.each([
    ['00', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['0000ff', '020200ff'],
  ])('writes the integer %s as %s', (bytes, der) => {
    expect(integer(Buffer.from(bytes, 'hex')).toString('hex')).toBe(der);
  });

  it('writes object identifiers as openssl does', () => {
    expect(objectId('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
    expect(objectId('2.5.29.19').toString('hex')).toBe('0603551d13');
  });

  it('writes times in the form of their year', () => {
    expect(time(Date.parse('2049-12-31T23:59:59.999Z')).toString('latin1')).toBe('\x17\x0d491231235959Z');
    expect(time(Date.parse('2050-01-01T00:00:00Z')).toString('latin1')).toBe('\x18\x0f20500101000000Z');
  });
});
