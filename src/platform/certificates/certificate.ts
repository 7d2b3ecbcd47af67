/**
 * X.509 certificates for servers, and of the authority that signs them. Source: RFC 5280 §4.1, §4.2; RFC 5758 §3.2 for
 * the signature. Written by hand because only two fixed forms are ever written and none is read.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, explicit, implicit, integer, objectId, octets, sequence, set, TRUE, time, utf8 } from './der.ts';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface Issuer {
  /** Common name of its subject. */
  readonly name: string;
  readonly keys: KeyPair;
}

export interface Validity {
  /** ms since 1970 */
  readonly fromMs: number;
  /** ms since 1970 */
  readonly toMs: number;
}

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectId('2.5.4.3');
const ORGANISATION = objectId('2.5.4.10');
const SERVER_AUTH = objectId('1.3.6.1.5.5.7.3.1');
const VERSION_3 = explicit(0, integer(Buffer.of(2)));
const KEY_CERT_AND_CRL_SIGN = bits(Buffer.of(0x06), 1);
const DIGITAL_SIGNATURE = bits(Buffer.of(0x80), 7);
const OWNER = 'Cosette';

/** A key pair on the curve P-256. */
export function makeKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

/** The certificate of an authority, signed by itself; it may sign servers, not other authorities. @returns PEM */
export function authorityCertificate(issuer: Issuer, validity: Validity): string {
  const extensions = [
    extension('2.5.29.19', sequence(TRUE, integer(Buffer.of(0))), true),
    extension('2.5.29.15', KEY_CERT_AND_CRL_SIGN, true),
    extension('2.5.29.14', octets(keyId(issuer.keys.publicKey))),
  ];
  return certificate(issuer, issuer.name, issuer.keys.publicKey, validity, extensions);
}

/** @param names DNS names (a first label `*` stands for any one label) and IP addresses, at least one @returns PEM */
export function serverCertificate(
  issuer: Issuer,
  publicKey: KeyObject,
  names: readonly string[],
  validity: Validity,
): string {
  const extensions = [
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.15', DIGITAL_SIGNATURE, true),
    extension('2.5.29.37', sequence(SERVER_AUTH)),
    extension('2.5.29.17', sequence(...names.map(generalName))),
    extension('2.5.29.14', octets(keyId(publicKey))),
    extension('2.5.29.35', sequence(implicit(0, keyId(issuer.keys.publicKey)))),
  ];
  // Names are matched against the extension alone, and a common name holds 64 characters only.
  return certificate(issuer, 'Cosette server', publicKey, validity, extensions);
}

function certificate(
  issuer: Issuer,
  subject: string,
  publicKey: KeyObject,
  { fromMs, toMs }: Validity,
  extensions: readonly Buffer[],
): string {
  const content = sequence(
    VERSION_3,
    // Positive, and never shorter than the 64 bits that browsers ask for.
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer.name),
    sequence(time(fromMs), time(toMs)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', content, issuer.keys.privateKey);
  return pem('CERTIFICATE', sequence(content, ECDSA_WITH_SHA256, bits(signature)));
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(ORGANISATION, utf8(OWNER))), set(sequence(COMMON_NAME, utf8(commonName))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [TRUE] : []), octets(value));
}

function generalName(name: string): Buffer {
  return isIP(name) === 0 ? implicit(2, Buffer.from(name, 'latin1')) : implicit(7, addressBytes(name));
}

/** RFC 5280 §4.2.1.2 (1). An uncompressed point is the last 65 bytes of the key's encoding. */
function keyId(publicKey: KeyObject): Buffer {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(point).digest();
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes any form of an address in groups of hexadecimal digits.
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text ?? '').split(':').filter((group) => group !== '');
  const [front, back] = [groups(head), groups(tail)];
  const all = [...front, ...new Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
