/** After a restart: every version of every key of the versioned bucket. */
import { type CosClient, texts } from './client.ts';
import { holds } from './content.ts';
import { bodyOf, describe, describeContent, each } from './verify-plain.ts';
import { VERSIONED, type VersionEntry, type VersionedKey, type World } from './world.ts';

export interface Listed {
  readonly id: string;
  readonly isMarker: boolean;
  readonly isLatest: boolean;
}

export async function verifyVersions(world: World, client: CosClient): Promise<void> {
  const listed = await listVersions(client, VERSIONED);
  for (const name of listed.keys()) {
    if (!world.versioned.has(name)) world.report('torn', `versions of ${name}, which was never written`);
  }
  await each(world.versioned.values(), (key) => verifyKey(world, client, key, listed.get(key.name) ?? []));
}

async function verifyKey(world: World, client: CosClient, key: VersionedKey, listed: readonly Listed[]): Promise<void> {
  const there = new Map(listed.map((entry) => [entry.id, entry]));
  const kept: VersionEntry[] = [];
  for (const entry of key.versions) {
    const found = there.get(entry.id);
    if (found === undefined) {
      if (entry.removing) key.removed.add(entry.id);
      else world.report('lost', `version ${entry.id} of ${key.name}`);
      continue;
    }
    entry.removing = false;
    kept.push(entry);
    if (found.isMarker !== (entry.value === undefined)) world.report('torn', `${key.name} ${entry.id}: marker or not`);
    else if (!entry.compared) await compare(world, client, key, entry);
  }
  const known = new Set(key.versions.map(({ id }) => id));
  for (const { id, isMarker } of listed) {
    if (known.has(id)) continue;
    if (key.removed.has(id)) world.report('lost', `the removal of version ${id} of ${key.name}`);
    else await adopt(world, client, key, kept, id, isMarker);
  }
  world.counts.vanished += key.unresolved.length;
  key.unresolved = [];
  key.versions = kept;
  const latest = listed.filter(({ isLatest }) => isLatest).map(({ id }) => id);
  const expected = kept.length === 0 ? [] : [kept.at(-1)!.id];
  if (latest.join() !== expected.join()) {
    world.report('lost', `the latest version of ${key.name} is ${latest.join() || 'none'}, not ${expected.join()}`);
  }
}

async function compare(world: World, client: CosClient, key: VersionedKey, entry: VersionEntry): Promise<void> {
  entry.compared = true;
  if (entry.value === undefined) return;
  const body = await read(world, client, key.name, entry.id);
  if (body !== 'bad' && !holds(body, entry.value)) {
    const text = `${key.name} ${entry.id} has ${describe(body)} instead of ${describeContent(entry.value)}`;
    world.report(body === undefined ? 'lost' : 'torn', text);
  }
}

/** A version that nobody was told of: it must be what was being written. It is the newest, since its writer stopped. */
async function adopt(
  world: World,
  client: CosClient,
  key: VersionedKey,
  kept: VersionEntry[],
  id: string,
  isMarker: boolean,
): Promise<void> {
  const body = isMarker ? undefined : await read(world, client, key.name, id);
  if (body === 'bad') return;
  const at = key.unresolved.findIndex((value) => holds(body, value));
  if (at < 0) {
    world.report('torn', `${key.name} has a version ${id} of ${describe(body)} that nobody wrote`);
    return;
  }
  const [value] = key.unresolved.splice(at, 1);
  world.counts.found += 1;
  kept.push({ id, value, removing: false, compared: true });
}

async function read(world: World, client: CosClient, key: string, id: string): Promise<Buffer | undefined | 'bad'> {
  const answer = await client.ask({ method: 'GET', bucket: VERSIONED, key, params: { versionId: id } });
  return bodyOf(world, `${key} ${id}`, answer);
}

/** All versions, by key, in the order of the listing. @throws Error when they cannot be listed */
export async function listVersions(client: CosClient, bucket: string): Promise<Map<string, Listed[]>> {
  const out = new Map<string, Listed[]>();
  const params: Record<string, string> = { versions: '', 'max-keys': '1000' };
  for (;;) {
    const { status, body } = await client.ask({ method: 'GET', bucket, params });
    if (status !== 200) throw new Error(`listing versions: ${status}`);
    const xml = body.toString();
    for (const [, kind, inner] of xml.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)) {
      const name = texts(inner!, 'Key')[0]!;
      const entry: Listed = {
        id: texts(inner!, 'VersionId')[0]!,
        isMarker: kind === 'DeleteMarker',
        isLatest: texts(inner!, 'IsLatest')[0] === 'true',
      };
      const entries = out.get(name);
      if (entries === undefined) out.set(name, [entry]);
      else entries.push(entry);
    }
    if (texts(xml, 'IsTruncated')[0] !== 'true') return out;
    params['key-marker'] = texts(xml, 'NextKeyMarker')[0]!;
    params['version-id-marker'] = texts(xml, 'NextVersionIdMarker')[0]!;
  }
}
