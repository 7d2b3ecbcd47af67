/**
 * The certificate authority of one data folder: made on first use, kept in `tls/`, and asked for a certificate for each
 * name that a client wants to see.
 *
 * `ca-key.pem` holds key and certificate and is the truth; `ca.crt` is the certificate alone, for people to hand to
 * their clients, and is written again when it is missing.
 */
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { authorityCertificate, type Issuer, makeKeys, serverCertificate } from './certificate.ts';
import { CertificateError } from './certificate-error.ts';

export interface Certified {
  /** PEM */
  readonly cert: string;
  /** PEM, PKCS #8 */
  readonly key: string;
  /** From then on a new one should be asked for, ms since 1970. */
  readonly renewAtMs: number;
}

export interface LocalAuthority {
  /** PEM */
  readonly certificate: string;
  /** Absolute path of the certificate alone. */
  readonly file: string;
  /** SHA-256 of the certificate: hexadecimal, in pairs with colons between them. */
  readonly fingerprint: string;
  /** End of its validity, ms since 1970. */
  readonly expiresAtMs: number;
  /** It was made by this call. */
  readonly made: boolean;
  /** For the log: a renewal, an open file mode. */
  readonly notes: readonly string[];
  /** A key and a certificate for these names. @param names DNS names and IP addresses, at least one */
  certify(names: readonly string[]): Certified;
}

export const TLS_FOLDER = 'tls';
export const AUTHORITY_FILE = 'ca.crt';
export const AUTHORITY_KEY_FILE = 'ca-key.pem';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AUTHORITY_MS = 3_652 * DAY_MS;
/** Browsers and systems refuse certificates of servers that are valid for more than 398 days. */
const SERVER_MS = 396 * DAY_MS;
const RENEW_MS = 30 * DAY_MS;
/** Certificates begin a little earlier, for clients whose clock is behind. */
const EARLIER_MS = HOUR_MS;
const MAX_FILE = 64 * 1024;

interface Kept {
  readonly issuer: Issuer;
  readonly certificate: X509Certificate;
}

/**
 * @param dataDir made when it is missing
 * @throws CertificateError; Node's own errors when the folder cannot be read or written
 */
export async function openLocalAuthority(dataDir: string, clock: Pick<Clock, 'nowMs'>): Promise<LocalAuthority> {
  const folder = resolve(dataDir, TLS_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, AUTHORITY_KEY_FILE);
  const notes: string[] = [];
  let kept = await readKept(path, notes);
  let made = false;
  if (kept === undefined || Date.parse(kept.certificate.validTo) - clock.nowMs() < RENEW_MS) {
    if (kept !== undefined)
      notes.push(`the authority in ${folder} was about to expire and was made anew: trust it again`);
    made = await writeWhole(folder, AUTHORITY_KEY_FILE, newAuthority(clock.nowMs()), 0o600, kept !== undefined);
    kept = await readKept(path, []);
    if (kept === undefined) throw unusable(path, 'it vanished');
  }
  const certificate = kept.certificate.toString();
  const file = join(folder, AUTHORITY_FILE);
  if ((await textOf(file)) !== certificate) await writeWhole(folder, AUTHORITY_FILE, certificate, 0o644, true);
  const { issuer } = kept;
  const expiresAtMs = Date.parse(kept.certificate.validTo);
  return {
    certificate,
    file,
    fingerprint: kept.certificate.fingerprint256,
    expiresAtMs,
    made,
    notes,
    certify(names) {
      const fromMs = clock.nowMs() - EARLIER_MS;
      const toMs = Math.min(fromMs + SERVER_MS, expiresAtMs);
      const keys = makeKeys();
      const cert = serverCertificate(issuer, keys.publicKey, names, { fromMs, toMs });
      return { cert, key: pkcs8(keys.privateKey), renewAtMs: toMs - RENEW_MS };
    },
  };
}

function newAuthority(nowMs: number): string {
  const keys = makeKeys();
  // Several folders have several authorities: the name tells them apart in a list of trusted ones.
  const issuer = { name: `Cosette local CA ${randomBytes(4).toString('hex')}`, keys };
  const fromMs = nowMs - EARLIER_MS;
  return pkcs8(keys.privateKey) + authorityCertificate(issuer, { fromMs, toMs: fromMs + AUTHORITY_MS });
}

function pkcs8(key: Issuer['keys']['privateKey']): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function readKept(path: string, notes: string[]): Promise<Kept | undefined> {
  let text: string;
  try {
    const facts = await stat(path);
    if (facts.size > MAX_FILE) throw unusable(path, 'it is too large');
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
      notes.push(`${path} can be read by other users of this machine: chmod 600 it`);
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const privateKey = createPrivateKey(text);
    const certificate = new X509Certificate(text.slice(text.indexOf('-----BEGIN CERTIFICATE-----')));
    if (!certificate.checkPrivateKey(privateKey)) throw new Error('key and certificate do not belong together');
    const name = /^CN=(.+)$/m.exec(certificate.subject)?.[1];
    if (name === undefined) throw new Error('the certificate has no common name');
    return { issuer: { name, keys: { privateKey, publicKey: createPublicKey(privateKey) } }, certificate };
  } catch (error) {
    throw unusable(path, (error as Error).message);
  }
}

function unusable(path: string, why: string): CertificateError {
  return new CertificateError(
    `the authority in ${path} cannot be used: ${why}. Repair it, or move the folder away to have one made anew`,
  );
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Whole or not at all: written aside, synced, put in place, the folder synced.
 * @param replace otherwise a file that is there stays: a server and a command may start at once
 * @returns whether the text is in place
 */
async function writeWhole(
  folder: string,
  name: string,
  text: string,
  mode: number,
  replace: boolean,
): Promise<boolean> {
  const path = join(folder, name);
  const aside = `${path}.${randomBytes(6).toString('hex')}.new`;
  await withFile(await open(aside, 'wx', mode), async (file) => {
    await file.writeFile(text);
    await file.sync();
  });
  try {
    if (replace) await rename(aside, path);
    else await link(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (replace || code === undefined || !NO_LINKS.has(code)) throw error;
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
  if (process.platform !== 'win32') await withFile(await open(folder, 'r'), (handle) => handle.sync());
  return true;
}

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
