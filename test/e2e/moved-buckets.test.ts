/** Clients that look for a bucket in another region than its own. Source: spec/errors.md rows 1 to 4. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { put } from '../support/buckets.ts';
import { done } from '../support/done.ts';
import { expectError, expectHeadError } from '../support/expect-error.ts';
import { clientOf, type Send } from '../support/http.ts';
import { exchange } from '../support/raw.ts';
import { APPID, type ServerProcess, startServerProcess } from '../support/server-process.ts';

const HOME = 'ap-beijing';
const hostOf = (name: string, region = HOME) => `${name}-${APPID}.cos.${region}.myqcloud.com`;

let server: ServerProcess;
const at = (name: string, region?: string): Send => clientOf(server, name, region);
const start = async (...flags: string[]) => {
  server = await startServerProcess({ flags });
};

describe('moved buckets', () => {
  beforeAll(async () => {
    await start('--moves-permanent', `gone-${APPID},absent-${APPID}`, '--moves-temporary', `away-${APPID}`);
    for (const name of ['gone', 'away', 'other']) {
      await done(at(name, HOME), { method: 'PUT', body: '' });
      await put(at(name, HOME), 'a b/k', 'hello');
    }
  });
  afterAll(() => server.remove());

  it('lead to their region for good, with path and query, whoever asks', async () => {
    const query = { 'response-content-type': 'text/plain' };
    for (const signed of [true, false]) {
      const answer = await at('gone')({ method: 'GET', key: 'a b/k', query, signed });
      const error = expectError(answer, 301, 'PermanentRedirect', 'specified endpoint');
      expect(answer.headers['location']).toBe(`http://${hostOf('gone')}/a%20b/k?response-content-type=text%2Fplain`);
      expect(error).toMatchObject({ Bucket: `gone-${APPID}`, Endpoint: hostOf('gone') });
    }
    expectError(await at('gone')({ method: 'PUT', key: 'new', body: 'x' }), 301, 'PermanentRedirect');
    expectError(await at('gone')({ method: 'PUT', body: '' }), 301, 'PermanentRedirect');
    const head = await at('gone')({ method: 'HEAD', key: 'k' });
    expectHeadError(head, 301);
    expect(head.headers['location']).toBe(`http://${hostOf('gone')}/k`);
    await done(at('gone', HOME), { method: 'GET', key: 'a b/k' });
  });

  it('lead there for a while: 302 to read, 307 to write', async () => {
    expectError(await at('away')({ method: 'GET', key: 'k' }), 302, 'TemporaryRedirect');
    expectHeadError(await at('away')({ method: 'HEAD', key: 'k' }), 302);
    expectError(await at('away')({ method: 'GET' }), 302, 'TemporaryRedirect');
    for (const method of ['PUT', 'POST', 'DELETE']) {
      expectError(await at('away')({ method, key: 'k', body: '' }), 307, 'Redirect');
    }
    await done(at('away', HOME), { method: 'GET', key: 'a b/k' });
  });

  it('answer a large upload before its body', async () => {
    const host = hostOf('away', 'ap-guangzhou');
    const head = `PUT /k HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n`;
    const answer = await exchange(server.port, [head]);
    expectError(answer, 307, 'Redirect');
    expect(answer.text).not.toContain('100 Continue');
  });

  it('are those that are listed and exist', async () => {
    expectError(await at('other')({ method: 'GET', key: 'k' }), 404, 'NoSuchBucket');
    expectError(await at('absent')({ method: 'GET', key: 'k' }), 404, 'NoSuchBucket');
  });
});

describe('new buckets', () => {
  beforeAll(() => start('--moves-dns-window-ms', '1500ms'));
  afterAll(() => server.remove());

  it('lead to their region while the window is open', async () => {
    await done(at('fresh', HOME), { method: 'PUT', body: '' });
    const ask = () => at('fresh')({ method: 'GET' });
    const answer = await ask();
    expectError(answer, 307, 'TemporaryRedirect', 'DNS updates');
    expect(answer.headers['location']).toBe(`http://${hostOf('fresh')}/`);
    expectError(await at('fresh')({ method: 'PUT', key: 'k', body: 'x' }), 307, 'TemporaryRedirect');
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    expectError(await ask(), 404, 'NoSuchBucket');
  });
});
