/** What stands beside the store in a data folder and has to be there for a server to answer as before. */
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KEY_FILE, keyFileText } from '../../access/key-file.ts';
import { SECRET_FILE } from '../../access/secrets.ts';
import { KEYRING_FILE } from '../../features/encryption/keyring-file.ts';
import type { SnapshotFile } from '../../features/snapshot/items.ts';
import { SnapshotError } from '../../features/snapshot/snapshot-error.ts';
import { AUTHORITY_FILE, AUTHORITY_KEY_FILE, TLS_FOLDER } from '../../platform/certificates/local-authority.ts';

const AUTHORITY = `${TLS_FOLDER}/${AUTHORITY_FILE}`;
/** The key pair of the first account, the secret that seals rows, keys of SSE, and the authority clients trust. */
const STATE_FILES: readonly string[] = [
  KEY_FILE,
  SECRET_FILE,
  KEYRING_FILE,
  AUTHORITY,
  `${TLS_FOLDER}/${AUTHORITY_KEY_FILE}`,
];

/**
 * Reads those that are there.
 * @param account for a key file without a pair, where keys are left out
 */
export async function readStateFiles(
  dataDir: string,
  withKeys: boolean,
  account: { readonly appid: string; readonly uin: string },
): Promise<SnapshotFile[]> {
  if (!withKeys) return withoutKeys(account);
  const files: SnapshotFile[] = [];
  for (const name of STATE_FILES) {
    const content = await readIfThere(join(dataDir, name));
    if (content !== undefined) files.push({ name, content });
  }
  return files;
}

/** What is left when no secret may be in it: whose buckets they are. */
export function withoutKeys({ appid, uin }: { readonly appid: string; readonly uin: string }): SnapshotFile[] {
  return [{ name: KEY_FILE, content: Buffer.from(keyFileText({ appid, uin, pair: undefined })) }];
}

/** @param dir a new data folder @throws SnapshotError for a name that is none of ours */
export async function writeStateFiles(dir: string, files: readonly SnapshotFile[]): Promise<void> {
  for (const { name, content } of files) {
    if (!STATE_FILES.includes(name)) {
      throw new SnapshotError(
        `the snapshot holds a file ${JSON.stringify(name)}, which this version of cosette does not know: use the version that wrote it, or a later one`,
      );
    }
    const path = join(dir, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (name === AUTHORITY) await chmod(path, 0o644);
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
