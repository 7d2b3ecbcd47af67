/** Folders of files, here and in the bucket. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DeleteObjectsCommand, GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Context } from '../aws-sdk-js/context.ts';

/** Path below the root → content. */
export type Tree = ReadonlyMap<string, Buffer>;

export function someTree(): Map<string, Buffer> {
  return new Map([
    ['a.txt', Buffer.from('123456789')],
    ['d/b.txt', Buffer.from('b')],
    ['d/e/c.bin', randomBytes(300_000)],
    ['d/e/large.bin', randomBytes(9 * 1_048_576)],
    ['empty', Buffer.alloc(0)],
  ]);
}

/** Names that break clients and servers, and that a file system takes. */
export const oddTree = (): Map<string, Buffer> =>
  new Map(
    ['中文 名.txt', 'a b  c', 'a+b&c=d', '100%25', "!'()~@$;,[]{}^", '😀/é', 'a#b?c'].map((name) => [
      name,
      Buffer.from(name),
    ]),
  );

export function writeTree(folder: string, tree: Tree): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

export function readTree(folder: string): Map<string, Buffer> {
  const tree = new Map<string, Buffer>();
  if (!existsSync(folder)) return tree;
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(folder, path)).isFile()) tree.set(path, readFileSync(join(folder, path)));
  }
  return tree;
}

async function keysBelow({ s3, bucket }: Context, Prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix })) {
    for (const { Key = '' } of Contents) keys.push(Key);
  }
  return keys;
}

/** What is below a prefix; keys that end in a slash, which some tools make for folders, do not count. */
export async function bucketTree(context: Context, prefix: string): Promise<Map<string, Buffer>> {
  const { s3, bucket } = context;
  const tree = new Map<string, Buffer>();
  for (const Key of await keysBelow(context, prefix)) {
    if (Key.endsWith('/')) continue;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    tree.set(Key.slice(prefix.length), Buffer.from((await Body?.transformToByteArray()) ?? []));
  }
  return tree;
}

export async function clear(context: Context, prefix: string): Promise<void> {
  const Objects = (await keysBelow(context, prefix)).map((Key) => ({ Key }));
  if (Objects.length === 0) return;
  await context.s3.send(new DeleteObjectsCommand({ Bucket: context.bucket, Delete: { Objects } }));
}

export function sameTree(a: Tree, b: Tree): boolean {
  return a.size === b.size && [...a].every(([path, content]) => b.get(path)?.equals(content) === true);
}
