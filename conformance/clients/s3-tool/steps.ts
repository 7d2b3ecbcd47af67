/** The cases of tools. What they did is looked at by the AWS SDK, and the file system. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Json } from '../../case.ts';
import {
  answer,
  bodyOf,
  CONTENT,
  type Context,
  clientFor,
  contextFromEnvironment,
  put,
  urlOf,
} from '../aws-sdk-js/context.ts';
import { drive } from '../javascript/drive.ts';
import type { Given, Tool } from './tool.ts';
import { bucketTree, oddTree, readTree, sameTree, someTree, type Tree, writeTree } from './trees.ts';

interface Bench extends Context {
  readonly tool: Tool;
}

type Step = (bench: Bench, id: string) => Promise<Json>;

const MIB = 1_048_576;
const LONGEST_STEP_MS = 120_000;

const fileOf = ({ scratch }: Bench, name: string, content: string | Buffer): string => {
  const path = join(scratch, name);
  writeFileSync(path, content);
  return path;
};

const headOf = ({ s3, bucket }: Bench, Key: string) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));

async function uploaded(bench: Bench, id: string, given: Given) {
  bench.tool.upload(fileOf(bench, id, CONTENT), id, given);
  return headOf(bench, id);
}

/** A folder with a tree in it, synchronized to the prefix of the case. */
function synchronized({ tool, scratch }: Bench, id: string, tree: Tree): string {
  const folder = join(scratch, `${id}.files`);
  writeTree(folder, tree);
  // Lists tell whole seconds: to a quick tool a file of the same second is newer than its object.
  const aMinuteAgo = Date.now() / 1000 - 60;
  for (const path of tree.keys()) utimesSync(join(folder, path), aMinuteAgo, aMinuteAgo);
  tool.syncUp(folder, `${id}/`);
  return folder;
}

const sameAs = async (bench: Bench, id: string, tree: Tree) => ({
  same: sameTree(tree, await bucketTree(bench, `${id}/`)),
});

const leftBelow = async (bench: Bench, id: string) => [...(await bucketTree(bench, `${id}/`)).keys()];

async function thereAndBack(bench: Bench, id: string, content: Buffer): Promise<boolean> {
  bench.tool.upload(fileOf(bench, id, content), id);
  const back = join(bench.scratch, `${id}.back`);
  bench.tool.download(id, back);
  return readFileSync(back).equals(content);
}

const STEPS: Readonly<Record<string, Step>> = {
  'tool-up-down': async (bench, id) => ({ same: await thereAndBack(bench, id, Buffer.from(CONTENT)) }),
  'tool-large': async (bench, id) => {
    const same = await thereAndBack(bench, id, randomBytes(20 * MIB));
    return { same, inParts: /-\d+"$/.test((await headOf(bench, id)).ETag ?? '') };
  },
  'tool-pipe': async (bench, id) => {
    bench.tool.pipe?.(CONTENT, id);
    return { body: await bodyOf(bench, id) };
  },
  'tool-list': async (bench, id) => {
    for (const name of ['a.txt', 'd/b.txt']) await put(bench, `${id}/${name}`);
    return { listed: bench.tool.list(`${id}/`).sort() };
  },
  'tool-list-many': async (bench, id) => {
    for (let from = 0; from < 1_001; from += 20) {
      const some = Array.from({ length: Math.min(20, 1_001 - from) }, (_, at) => `${id}/${from + at}`);
      await Promise.all(some.map((key) => put(bench, key)));
    }
    return { count: bench.tool.list(`${id}/`).length };
  },
  'tool-odd-names': async (bench, id) => {
    const tree = oddTree();
    synchronized(bench, id, tree);
    const there = sameTree(tree, await bucketTree(bench, `${id}/`));
    const back = join(bench.scratch, `${id}.back`);
    mkdirSync(back);
    bench.tool.syncDown(`${id}/`, back);
    return { same: there && sameTree(tree, readTree(back)) };
  },
  'tool-sync-up': async (bench, id) => {
    const tree = someTree();
    synchronized(bench, id, tree);
    return sameAs(bench, id, tree);
  },
  'tool-sync-again': async (bench, id) => {
    const folder = synchronized(bench, id, someTree());
    return { moved: bench.tool.syncUp(folder, `${id}/`) };
  },
  'tool-sync-change': async (bench, id) => {
    const tree = someTree();
    const folder = synchronized(bench, id, tree);
    tree.set('a.txt', Buffer.from('a longer content'));
    tree.delete('d/b.txt');
    rmSync(join(folder, 'd/b.txt'));
    writeTree(folder, tree);
    bench.tool.syncUp(folder, `${id}/`);
    return sameAs(bench, id, tree);
  },
  'tool-sync-down': async (bench, id) => {
    const tree = someTree();
    synchronized(bench, id, tree);
    const back = join(bench.scratch, `${id}.back`);
    writeTree(back, new Map([['d/stale.txt', Buffer.from('stale')]]));
    bench.tool.syncDown(`${id}/`, back);
    return { same: sameTree(tree, readTree(back)) };
  },
  'tool-check': async (bench, id) => {
    const folder = synchronized(bench, id, someTree());
    const equal = bench.tool.equal?.(folder, `${id}/`) ?? false;
    await put(bench, `${id}/d/b.txt`, { Body: 'x' });
    return { equal, changed: bench.tool.equal?.(folder, `${id}/`) ?? true };
  },
  'tool-move': async (bench, id) => {
    await put(bench, `${id}/old.txt`);
    bench.tool.move?.(`${id}/old.txt`, `${id}/new.txt`);
    return { left: await leftBelow(bench, id), body: await bodyOf(bench, `${id}/new.txt`) };
  },
  'tool-copy': async (bench, id) => {
    await put(bench, `${id}/old.txt`);
    bench.tool.copy?.(`${id}/old.txt`, `${id}/new.txt`);
    return { left: await leftBelow(bench, id), body: await bodyOf(bench, `${id}/new.txt`) };
  },
  'tool-meta': async (bench, id) => {
    const { ContentType = '', Metadata = {} } = await uploaded(bench, id, { type: 'text/x-given', meta: '1' });
    return { type: ContentType, meta: Metadata['given'] ?? '' };
  },
  'tool-class': async (bench, id) => ({
    storageClass: (await uploaded(bench, id, { storageClass: 'STANDARD_IA' })).StorageClass ?? '',
  }),
  'tool-presign': async (bench, id) => {
    await put(bench, id);
    const { status, body } = await answer(fetch(bench.tool.presign?.(id) ?? ''));
    return { status, body };
  },
  'tool-public': async (bench, id) => {
    await put(bench, id);
    bench.tool.publish?.(id);
    return { status: (await answer(fetch(urlOf(bench, id)))).status };
  },
  'tool-versions': async (bench, id) => {
    const Bucket = bench.versionedBucket;
    await put(bench, id, { Bucket });
    await bench.s3.send(new DeleteObjectCommand({ Bucket, Key: id }));
    bench.tool.undelete?.(id);
    return { body: await bodyOf(bench, id, { Bucket }) };
  },
  'tool-bucket': async ({ tool, appid }) => {
    const name = `conf-made-${randomBytes(3).toString('hex')}-${appid}`;
    tool.makeBucket?.(name);
    const listed = tool.buckets?.().includes(name) ?? false;
    tool.removeBucket?.(name);
    return { listed, after: tool.buckets?.().includes(name) ?? true };
  },
  'tool-lifecycle': async ({ tool }, id) => ({ shown: tool.lifecycle?.(id).includes(id) ?? false }),
  'tool-remove': async (bench, id) => {
    synchronized(bench, id, someTree());
    bench.tool.removeAll(`${id}/`);
    return { left: await leftBelow(bench, id) };
  },
};

/** Cases that need a command which not every tool has. */
const NEEDS: Readonly<Record<string, keyof Tool>> = {
  'tool-pipe': 'pipe',
  'tool-check': 'equal',
  'tool-move': 'move',
  'tool-copy': 'copy',
  'tool-presign': 'presign',
  'tool-public': 'publish',
  'tool-versions': 'undelete',
  'tool-bucket': 'makeBucket',
  'tool-lifecycle': 'lifecycle',
};

/** Does all cases with a tool. @param leftOut case → why, beyond commands that the tool does not have */
export async function driveTool(tool: Tool, leftOut: Readonly<Record<string, string>> = {}): Promise<void> {
  const missing = Object.entries(NEEDS).filter(([, method]) => tool[method] === undefined);
  const all = { ...Object.fromEntries(missing.map(([id]) => [id, 'the tool has no command for it'])), ...leftOut };
  // A connection that is kept while a command runs is closed by the server: the SDK may try again.
  const context = { ...contextFromEnvironment(), s3: clientFor({ maxAttempts: 3 }) };
  await drive({ ...context, tool }, STEPS, all, LONGEST_STEP_MS);
}
