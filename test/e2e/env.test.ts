/** What `cosette env` prints works: the programs for Node.js are run as they are, with both major versions of the SDK. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import COS from 'cos-nodejs-sdk-v5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

interface Snippet {
  readonly language: string;
  readonly file?: string;
  readonly text: string;
}

const run = promisify(execFile);
const KEYS = { COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
/** Not every system resolves names under localhost; the programs are to be run as they are. */
const RESOLVE = `import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
const lookup = dns.lookup;
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? '127.0.0.1' : name, ...rest);
syncBuiltinESMExports();
`;

let server: ServerProcess;
let folder: string;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--tls-port', '0'] });
  folder = mkdtempSync(join(tmpdir(), 'cosette-env-'));
  writeFileSync(join(folder, 'resolve.mjs'), RESOLVE);
});
afterAll(async () => {
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function cosetteEnv(...args: string[]): Promise<string> {
  const ready = join(server.folder, 'ready.json');
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', 'env', ...args, '--ready-file', ready], {
    env: { ...process.env, ...KEYS },
  });
  return stdout;
}

/** A folder in which `cos-nodejs-sdk-v5` is the given installed package. */
function programFolder(sdk: string): string {
  const home = join(folder, sdk);
  if (existsSync(home)) return home;
  const main = createRequire(import.meta.url).resolve(sdk);
  const installed = resolve(main.slice(0, main.lastIndexOf(`node_modules`)), 'node_modules', sdk);
  mkdirSync(join(home, 'node_modules'), { recursive: true });
  symlinkSync(installed, join(home, 'node_modules', 'cos-nodejs-sdk-v5'), 'junction');
  return home;
}

describe.each(['cos-nodejs-sdk-v5', 'cos-nodejs-sdk-v5-2'])('the program for %s', (sdk) => {
  it.each(['ip', 'domain', 'proxy', 'https'])('by %s makes a bucket and keeps an object', async (form) => {
    const bucket = `env-${form}-${sdk.endsWith('2') ? 2 : 3}-${APPID}`;
    const printed = await cosetteEnv('node', '--form', form, '--bucket', bucket, '--show-secret', '--json');
    const snippets = JSON.parse(printed).clients[0].forms[form] as Snippet[];
    const program = snippets.find(({ language }) => language === 'js')!;
    const path = join(programFolder(sdk), `${form}.mjs`);
    writeFileSync(path, program.text);
    // What is to be typed before: lines of `export NAME=value`.
    const lines = snippets.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.split('\n'));
    const variables = Object.fromEntries(lines.map((line) => /^export (\w+)=(.*)$/.exec(line)!.slice(1)));
    expect(Object.keys(variables)).toEqual(form === 'https' ? ['NODE_EXTRA_CA_CERTS'] : []);
    const env = { ...process.env, ...variables };
    const started = () =>
      run(process.execPath, ['--import', pathToFileURL(join(folder, 'resolve.mjs')).href, path], { env });
    expect((await started()).stdout).toBe('hello from Node.js\n');
    // And once more, when the bucket is there.
    expect((await started()).stdout).toBe('hello from Node.js\n');

    const cos = new COS({
      SecretId: SECRET_ID,
      SecretKey: SECRET_KEY,
      Protocol: 'http:',
      Ip: `127.0.0.1:${server.port}`,
    });
    const { Contents } = await cos.getBucket({ Bucket: bucket, Region: REGION });
    expect(Contents.map(({ Key, Size }) => [Key, Number(Size)])).toEqual([['hello.txt', 18]]);
  });
});

describe('cosette env', () => {
  it('lists clients', async () => {
    expect(await cosetteEnv('--lang', 'en')).toMatch(
      /^ {2}node +Node\.js: cos-nodejs-sdk-v5 +\[ip, domain, proxy, https\]$/m,
    );
  });

  it('hides the SecretKey unless it is asked for', async () => {
    expect(await cosetteEnv('all', '--form', 'all')).not.toContain(SECRET_KEY);
    expect(await cosetteEnv('python', '--show-secret')).toContain(SECRET_KEY);
  });

  it('answers curl as it says', async () => {
    const command = /^curl (\S+)$/m.exec(await cosetteEnv('curl'))![1]!;
    expect((await fetch(command)).status).toBe(200);
  });

  it('ends with 2 for a name that is no client', async () => {
    await expect(cosetteEnv('nope')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('nope') });
  });
});
