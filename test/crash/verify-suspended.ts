/** After a restart: every key of the suspended bucket has its versions from before the last change, or from after it. */
import type { CosClient } from './client.ts';
import { holds } from './content.ts';
import type { History, HistoryEntry, Versions } from './history.ts';
import { NULL_ID } from './history.ts';
import { bodyOf, describe, describeContent, each } from './verify-plain.ts';
import { type Listed, listVersions } from './verify-versions.ts';
import { SUSPENDED, type World } from './world.ts';

/** Versions with an id never change: their bytes are compared once. */
const compared = new WeakSet<HistoryEntry>();

export async function verifySuspended(world: World, client: CosClient): Promise<void> {
  const listed = await listVersions(client, SUSPENDED);
  for (const name of listed.keys()) {
    if (!world.histories.has(name)) world.report('torn', `versions of ${name}, which was never written`);
  }
  await each(world.histories, ([key, history]) => verifyKey(world, client, key, history, listed.get(key) ?? []));
}

async function verifyKey(
  world: World,
  client: CosClient,
  key: string,
  history: History,
  listed: readonly Listed[],
): Promise<void> {
  const hasNull = listed.some(({ id, isMarker }) => id === NULL_ID && !isMarker);
  const nullBody = hasNull ? await read(world, client, key, { versionId: NULL_ID }) : undefined;
  if (nullBody === 'bad') return;
  const allowed = history.allowed();
  const shaped = allowed.filter((versions) => sameShape(versions, listed));
  const found = shaped.find((versions) => holds(nullBody, nullOf(versions)?.value));
  if (found === undefined) {
    const what = listed.map(({ id, isMarker }) => (isMarker ? `${id} (marker)` : id)).join(', ');
    const null_ = `null version of ${describe(nullBody)}`;
    const text = `${key} has versions ${what || 'none'}, ${null_}, instead of ${allowed.map(describeVersions).join(' or ')}`;
    world.report(shaped.length === 0 ? 'lost' : 'torn', text);
    return;
  }
  if (allowed.length > 1) {
    if (found === allowed[1]) world.counts.found += 1;
    else world.counts.vanished += 1;
  }
  history.settle(found);
  await compareOlder(world, client, key, found);
  const [newest] = found;
  const current = await read(world, client, key, {});
  if (current !== 'bad' && !holds(current, newest?.value)) {
    world.report('torn', `${key} reads ${describe(current)} instead of ${describeContent(newest?.value)}`);
  }
}

function nullOf(versions: Versions): HistoryEntry | undefined {
  return versions.find(({ id }) => id === NULL_ID);
}

function sameShape(versions: Versions, listed: readonly Listed[]): boolean {
  return (
    versions.length === listed.length &&
    versions.every(({ id, value }, at) => {
      const entry = listed[at]!;
      return entry.id === id && entry.isMarker === (value === undefined) && entry.isLatest === (at === 0);
    })
  );
}

async function compareOlder(world: World, client: CosClient, key: string, versions: Versions): Promise<void> {
  for (const entry of versions) {
    const { id, value } = entry;
    if (id === NULL_ID || compared.has(entry)) continue;
    compared.add(entry);
    const body = await read(world, client, key, { versionId: id });
    if (body === 'bad' || holds(body, value)) continue;
    const text = `${key} ${id} has ${describe(body)} instead of ${describeContent(value)}`;
    world.report(body === undefined ? 'lost' : 'torn', text);
  }
}

async function read(
  world: World,
  client: CosClient,
  key: string,
  params: Record<string, string>,
): Promise<Buffer | undefined | 'bad'> {
  const answer = await client.ask({ method: 'GET', bucket: SUSPENDED, key, params });
  return bodyOf(world, `${key} ${params['versionId'] ?? ''}`, answer);
}

function describeVersions(versions: Versions): string {
  if (versions.length === 0) return 'none';
  return versions
    .map(({ id, value }) => `${id} (${value === undefined ? 'marker' : describeContent(value)})`)
    .join(', ');
}
