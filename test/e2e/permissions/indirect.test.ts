/** Objects that are reached by another way than their own key: symlinks, copies, versions in bodies and headers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { initiate, makeBucket, md5Base64, put, setVersioning } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { type Asked, askAs } from '../../support/permissions.ts';
import { adminOf, type Person } from '../../support/permissions-world.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const BUCKET = `indirect-${APPID}`;
const HOST = `${BUCKET}.cos.${REGION}.myqcloud.com`;
const on = (pattern: string) => `qcs::cos:${REGION}:uid/${APPID}:${BUCKET}/${pattern}`;

let server: ServerProcess;
let owner: Send;
let team: Person;
let latest: Person;
beforeAll(async () => {
  server = await startServerProcess();
  owner = await makeBucket(server, 'indirect');
  await setVersioning(owner, 'Enabled');
  const admin = adminOf(server);
  team = await admin.user('team');
  latest = await admin.user('latest');
  await admin.allow('team', [{ effect: 'allow', action: 'name/cos:*', resource: on('team/*') }]);
  await admin.allow('latest', [
    { effect: 'allow', action: 'name/cos:*', resource: on('*') },
    {
      effect: 'deny',
      action: ['name/cos:GetObject', 'name/cos:DeleteObject'],
      resource: on('*'),
      condition: { null_equal: { 'cos:versionid': 'false' } },
    },
  ]);
  await put(owner, 'secret/x', 'secret');
});
afterAll(() => server.remove());

async function outcome(by: Person, asked: Asked): Promise<string> {
  const { status, error, text } = await askAs(server.port, by, BUCKET, asked);
  return status < 300 && !text.includes('<Error>') ? 'allow' : (error['Code'] ?? /<Code>(\w+)/.exec(text)?.[1] ?? '');
}
const from = (source: string) => ({ headers: { 'x-cos-copy-source': `${HOST}/${source}` } });

it('a symlink gives nobody what it points to', async () => {
  const target = { 'x-cos-symlink-target': 'secret/x' };
  const link = { method: 'PUT', key: 'team/link', query: { symlink: '' }, headers: target };
  expect(await outcome(team, link)).toBe('allow');
  expect(await outcome(team, { method: 'GET', key: 'team/link' })).toBe('AccessDenied');
  expect(await outcome(team, { method: 'PUT', key: 'team/copy', ...from('team/link') })).toBe('AccessDenied');
  const uploadId = await initiate(owner, 'team/parts');
  const part = { method: 'PUT', key: 'team/parts', query: { partNumber: '1', uploadId } };
  expect(await outcome(team, { ...part, ...from('team/link') })).toBe('AccessDenied');
  await put(owner, 'team/own', 'own');
  expect(await outcome(team, { ...link, headers: { 'x-cos-symlink-target': 'team/own' } })).toBe('allow');
  expect(await outcome(team, { method: 'PUT', key: 'team/copy', ...from('team/link') })).toBe('allow');
});

it('conditions about versions hold for sources of copies and for keys of a body', async () => {
  const first = (await put(owner, 'v', 'one')).headers['x-cos-version-id'] as string;
  await put(owner, 'v', 'two');
  const copy = (source: string, query = {}) => outcome(latest, { method: 'PUT', key: 'c', query, ...from(source) });
  expect(await outcome(latest, { method: 'GET', key: 'v', query: { versionId: first } })).toBe('AccessDenied');
  expect(await copy('v')).toBe('allow');
  expect(await copy(`v?versionId=${first}`)).toBe('AccessDenied');
  const remove = (version: string) => {
    const body = `<Delete><Object><Key>v</Key>${version}</Object></Delete>`;
    return outcome(latest, {
      method: 'POST',
      query: { delete: '' },
      headers: { 'content-md5': md5Base64(body) },
      body,
    });
  };
  expect(await remove(`<VersionId>${first}</VersionId>`)).toBe('AccessDenied');
  expect(await remove('')).toBe('allow');
  expect((await done(owner, { method: 'GET', key: 'v', query: { versionId: first } })).text).toBe('one');
});

it('a symlink to what no header can say is refused', async () => {
  const send = clientOf(server, 'indirect');
  for (const target of ['a%0D%0Ab', '%00', 'a%7F']) {
    const headers = { 'x-cos-symlink-target': target };
    expect((await send({ method: 'PUT', key: 'odd', query: { symlink: '' }, headers })).status).toBe(400);
  }
});
