/** Lifecycle of a server that is killed again and again while it works: nothing is lost, and nothing done twice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectStatus, makeBucket, put, setVersioning, textsOf } from '../support/buckets.ts';
import { clientOf, type Send } from '../support/http.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { advanceClock } from '../support/test-clock.ts';

const FLAGS = ['--test-clock', '--log-access', 'false'];
const KEYS = 900;
const KILLS = 3;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({ flags: FLAGS });
});
afterAll(() => server.remove());

/** Anonymous: the clock is a month ahead. */
const anonymous = (name: string): Send => {
  const send = clientOf(server, name);
  return (sent) => send({ ...sent, signed: false });
};

async function list(name: string, query: Record<string, string>): Promise<string[]> {
  const pages: string[] = [];
  const send = anonymous(name);
  for (let markers: Record<string, string> | undefined = {}; markers !== undefined; ) {
    const { text } = await expectStatus(send({ method: 'GET', query: { ...query, ...markers } }), 200);
    pages.push(text);
    const [key] = textsOf(text, 'NextKeyMarker');
    const [version] = textsOf(text, 'NextVersionIdMarker');
    markers = key === undefined ? undefined : { 'key-marker': key, 'version-id-marker': version ?? '' };
  }
  return pages;
}

async function fill(name: string): Promise<void> {
  const send = await makeBucket(server, name, { acl: 'public-read' });
  if (name === 'crash-versions') await setVersioning(send, 'Enabled');
  const keys = Array.from({ length: KEYS }, (_, at) => `${at % 3 === 0 ? 'keep' : 'due'}/${at}`);
  const writer = async (): Promise<void> => {
    for (let key = keys.pop(); key !== undefined; key = keys.pop()) await put(send, key, key);
  };
  await Promise.all(Array.from({ length: 16 }, writer));
  const body =
    '<LifecycleConfiguration><Rule><ID>a</ID><Filter><Prefix>due/</Prefix></Filter><Status>Enabled</Status>' +
    '<Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>';
  await expectStatus(send({ method: 'PUT', query: { lifecycle: '' }, body }), 200);
}

const currentKeys = async (name: string) =>
  (await list(name, { versions: '' })).flatMap((text) =>
    [...text.matchAll(/<Version>.*?<\/Version>/gs)].flatMap(([version]) => textsOf(version, 'Key')),
  );
const markedKeys = async () =>
  (await list('crash-versions', { versions: '' })).flatMap((text) =>
    [...text.matchAll(/<DeleteMarker>.*?<\/DeleteMarker>/gs)].flatMap(([marker]) => textsOf(marker, 'Key')),
  );

it('has exactly what is due gone, and each marker once', async () => {
  await fill('crash-plain');
  await fill('crash-versions');
  expect(await currentKeys('crash-plain')).toHaveLength(KEYS);
  const undone = async () => (await currentKeys('crash-plain')).length - (await markedKeys()).length;
  let left = await undone();
  for (let kill = 0; kill < KILLS; kill++) {
    await advanceClock(server, '31d');
    // Killed as soon as it has got further: in the middle, as long as there is work.
    const before = left;
    for (let looks = 0; looks < 100 && left === before; looks++) left = await undone();
    await server.stop('SIGKILL');
    server = await startServerProcess({ folder: server.folder, flags: FLAGS });
  }
  await advanceClock(server, '31d');
  const due = (KEYS * 2) / 3;
  const deadline = Date.now() + 30_000;
  while ((await markedKeys()).length < due && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 200));
  const kept = await currentKeys('crash-plain');
  expect(kept).toHaveLength(KEYS - due);
  expect(kept.every((key) => key.startsWith('keep/'))).toBe(true);
  const marked = await markedKeys();
  expect([marked.length, new Set(marked).size]).toEqual([due, due]);
  expect(marked.every((key) => key.startsWith('due/'))).toBe(true);
  expect(await currentKeys('crash-versions')).toHaveLength(KEYS);
}, 120_000);
