/** Driver of s3fs: the bucket as a folder, used by the system's own calls. */
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { bodyOf, CONTENT, clientFor, contextFromEnvironment, put, type Steps } from '../aws-sdk-js/context.ts';
import { drive } from '../javascript/drive.ts';
import { Program } from '../s3-tool/tool.ts';
import { bucketTree, readTree, sameTree, someTree, writeTree } from '../s3-tool/trees.ts';

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const scratch = given('SCRATCH');
const folder = join(scratch, 'mounted');
const passwords = join(scratch, 's3fs.passwords');
const s3fs = new Program('s3fs', [given('BUCKET'), folder], {});
const fusermount = new Program('fusermount', ['-u'], {});

function mount(): void {
  const where = `url=http://${given('ADDRESS')},use_path_request_style,endpoint=${given('REGION')}`;
  s3fs.run(['-o', `${where},passwd_file=${passwords},multipart_size=10,singlepart_copy_limit=20`]);
}
const unmount = (): void => void fusermount.run([folder]);

/** A folder of the case in the mounted one. */
function home(id: string): string {
  const path = join(folder, id);
  mkdirSync(path);
  return path;
}

const STEPS: Steps = {
  's3fs-write-read': async (context, id) => {
    const path = join(home(id), 'file');
    writeFileSync(path, CONTENT);
    return { body: await bodyOf(context, `${id}/file`), read: readFileSync(path, 'utf8') };
  },
  's3fs-large': async ({ s3, bucket }, id) => {
    const path = join(home(id), 'file');
    const content = randomBytes(30 * 1_048_576);
    writeFileSync(path, content);
    const { ETag = '' } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: `${id}/file` }));
    return { same: readFileSync(path).equals(content), inParts: /-\d+"$/.test(ETag) };
  },
  's3fs-object': async (context, id) => {
    await put(context, `${id}/d/f`, { Body: 'object' });
    const path = join(folder, id, 'd');
    return { listed: readdirSync(path), read: readFileSync(join(path, 'f'), 'utf8') };
  },
  's3fs-folders': async (_context, id) => {
    const path = home(id);
    for (const name of ['a', 'b', 'c']) mkdirSync(join(path, name));
    const listed = readdirSync(path).sort();
    rmSync(path, { recursive: true });
    return { listed, after: existsSync(path) };
  },
  's3fs-rename': async (_context, id) => {
    const path = home(id);
    mkdirSync(join(path, 'old'));
    writeFileSync(join(path, 'old/before'), '1');
    renameSync(join(path, 'old/before'), join(path, 'old/file'));
    renameSync(join(path, 'old'), join(path, 'new'));
    const listed = readdirSync(path, { recursive: true }).map(String).sort();
    return { listed, read: readFileSync(join(path, 'new/file'), 'utf8') };
  },
  's3fs-rename-large': async (_context, id) => {
    const path = home(id);
    const content = randomBytes(30 * 1_048_576);
    writeFileSync(join(path, 'old'), content);
    renameSync(join(path, 'old'), join(path, 'new'));
    return { same: readFileSync(join(path, 'new')).equals(content) };
  },
  's3fs-mode': async (_context, id) => {
    const path = join(home(id), 'file');
    writeFileSync(path, CONTENT);
    chmodSync(path, 0o640);
    chownSync(path, 1_000, 1_000);
    utimesSync(path, 1_000_000, 1_000_000);
    const { mode, uid, mtimeMs } = statSync(path);
    return { mode: mode & 0o777, uid, mtime: mtimeMs / 1_000 };
  },
  's3fs-append': async (_context, id) => {
    const path = join(home(id), 'file');
    writeFileSync(path, 'one');
    appendFileSync(path, ' two');
    const grown = readFileSync(path, 'utf8');
    truncateSync(path, 3);
    return { grown, cut: readFileSync(path, 'utf8') };
  },
  's3fs-link': async (_context, id) => {
    const path = home(id);
    writeFileSync(join(path, 'target'), 'target');
    symlinkSync('target', join(path, 'link'));
    return { read: readFileSync(join(path, 'link'), 'utf8') };
  },
  's3fs-remove': async (context, id) => {
    const path = home(id);
    for (const name of ['a', 'b']) writeFileSync(join(path, name), CONTENT);
    for (const name of ['a', 'b']) rmSync(join(path, name));
    return { left: [...(await bucketTree(context, `${id}/`)).keys()] };
  },
  's3fs-again': async (_context, id) => {
    const tree = someTree();
    writeTree(join(folder, id), tree);
    unmount();
    mount();
    return { same: sameTree(tree, readTree(join(folder, id))) };
  },
};

mkdirSync(folder);
writeFileSync(passwords, `${given('SECRET_ID')}:${given('SECRET_KEY')}`, { mode: 0o600 });
mount();
try {
  // A connection that is kept while the system waits is closed by the server: the SDK may try again.
  await drive({ ...contextFromEnvironment(), s3: clientFor({ maxAttempts: 3 }) }, STEPS, {}, 120_000);
} finally {
  unmount();
}
