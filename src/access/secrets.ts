/**
 * Seals what must not lie readable in data rows or tokens. The secret it stands on is kept beside the rows, in a file of
 * its own: `secret.key` in the data folder, 0600. Who has only the rows (a copy of the log, of the index) has no key.
 *
 * A sealed text is 12 bytes of nonce, the AES-256-GCM ciphertext, 16 bytes of tag. Each label has a key of its own
 * (HKDF-SHA-256 of the secret), and each text is bound to a context that must be shown again to open it.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyFileError } from './key-file.ts';

export interface Sealer {
  /** @param context is not kept in the result, but the text opens only with the same one */
  seal(plain: Buffer, context: Buffer): Buffer;
  /** @returns undefined for what was not sealed here, with this label and this context */
  open(sealed: Buffer, context: Buffer): Buffer | undefined;
}

export interface Secrets {
  /** @param label what the sealed texts are for: `secret-keys`, `session-tokens` … */
  sealer(label: string): Sealer;
}

export const SECRET_FILE = 'secret.key';

const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);
const TEXT = /^[0-9a-f]{64}\n?$/;

/**
 * The secret of a data folder, made on first use.
 * @throws KeyFileError; Node's own errors when the folder cannot be read or written
 */
export async function openSecrets(dataDir: string): Promise<Secrets> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, SECRET_FILE);
  const kept = await readSecret(path);
  if (kept !== undefined) return secretsOf(kept);
  await writeSecret(dataDir, randomBytes(SECRET_BYTES));
  // Another process may have been first: its file stands, and is the one to use.
  const made = await readSecret(path);
  if (made === undefined) throw new KeyFileError(`the file ${path} was made and is gone again`);
  return secretsOf(made);
}

/** A secret that ends with the process: for stores in memory. */
export function memorySecrets(secret: Buffer = randomBytes(SECRET_BYTES)): Secrets {
  return secretsOf(secret);
}

function secretsOf(secret: Buffer): Secrets {
  return {
    sealer(label) {
      const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `cosette/1/${label}`, 32));
      return {
        seal(plain, context) {
          const nonce = randomBytes(NONCE_BYTES);
          const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
          return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
        },
        open(sealed, context) {
          const end = sealed.length - TAG_BYTES;
          if (end < NONCE_BYTES) return undefined;
          const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
            authTagLength: TAG_BYTES,
          });
          decipher.setAAD(context).setAuthTag(sealed.subarray(end));
          const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
          try {
            return Buffer.concat([plain, decipher.final()]);
          } catch {
            return undefined;
          }
        },
      };
    },
  };
}

async function readSecret(path: string): Promise<Buffer | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseSecret(text, path);
}

export const secretText = (secret: Buffer): string => `${secret.toString('hex')}\n`;

/** @param path for the message @throws KeyFileError */
export function parseSecret(text: string, path: string = SECRET_FILE): Buffer {
  if (!TEXT.test(text)) {
    throw new KeyFileError(
      `the file ${path} is damaged: put the copy of your backup in its place. Without it no stored key pair can be read; ` +
        'move it away to start anew, and make new key pairs for everybody',
    );
  }
  return Buffer.from(text.trim(), 'hex');
}

/** Whole or not at all, and never over one that is there: written aside, synced, linked, the folder synced. */
async function writeSecret(dataDir: string, secret: Buffer): Promise<void> {
  const path = join(dataDir, SECRET_FILE);
  const aside = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    await withFile(await open(aside, 'wx', 0o600), async (file) => {
      await file.writeFile(secretText(secret));
      await file.sync();
    });
    await link(aside, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return;
      // Not every file system has links. Without them it is up to the caller that no other process starts here.
      if (!NO_LINKS.has(error.code ?? '')) throw error;
      await rename(aside, path);
    });
  } finally {
    await rm(aside, { force: true });
  }
  if (process.platform === 'win32') return;
  await withFile(await open(dataDir, 'r'), (folder) => folder.sync());
}

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
