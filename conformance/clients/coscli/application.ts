/** The form `proxy` of coscli: a user who gives keys, bucket and the endpoint of the region. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPEATED } from '../../cases/https-proxy.ts';
import { CONTENT, type Context, contextFromEnvironment, hostOf, type Steps } from '../javascript/context.ts';
import { drive } from '../javascript/drive.ts';

const start = promisify(execFile);
/** The default is ten tries a second apart: a failure would say nothing for long. */
const LONGEST_MS = 15_000;
const content = CONTENT.repeat(REPEATED);
const context = contextFromEnvironment(() => ({}));
const config = join(context.scratch, 'cos.yaml');

/** The flag by which the program takes the transport that knows of proxies. */
const COPY = ['cp', '--disable-long-links', '--fail-output=false', '--part-size', '1'];

async function run(program: string, ...args: readonly string[]): Promise<string> {
  const options = { cwd: context.scratch, timeout: LONGEST_MS, maxBuffer: 1_048_576 };
  const { stdout, stderr } = await start(program, args, options);
  return stdout + stderr;
}

const coscli = (...args: readonly string[]): Promise<string> =>
  run('coscli', ...args, '--config-path', config, '--log-path', context.scratch);

const urlOf = ({ bucket }: Context, key: string): string => `cos://${bucket}/${key}`;

async function put(key: string, text: string): Promise<void> {
  const path = join(context.scratch, key.replaceAll('/', '-'));
  writeFileSync(path, text);
  await coscli(...COPY, path, urlOf(context, key));
}

/** First column of the table that `ls` prints. */
async function keysUnder(prefix: string): Promise<string[]> {
  const lines = (await coscli('ls', urlOf(context, prefix))).split('\n').map((line) => line.trim().split(/[ |]/)[0]!);
  return lines.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

const steps: Steps = {
  'proxy-upload': async (_, id) => {
    await put(`${id}/file`, content);
    return { crc64: /crc64-ecma: +(\d+)/.exec(await coscli('hash', urlOf(context, `${id}/file`)))?.[1] ?? null };
  },
  'proxy-list': async (_, id) => {
    for (const name of ['b', 'a']) await put(`${id}/${name}`, CONTENT);
    return { keys: await keysUnder(`${id}/`) };
  },
  'proxy-presign': async (_, id) => {
    await put(`${id}/file`, CONTENT);
    const url = /https?:\/\/\S+/.exec(await coscli('signurl', urlOf(context, `${id}/file`)))?.[0] ?? '';
    const body = await run('curl', '--silent', '--show-error', '--fail', url);
    return { https: url.startsWith(`https://${hostOf(context)}/`), body };
  },
  'proxy-download': async (_, id) => {
    await put(`${id}/file`, content);
    const path = join(context.scratch, `${id}.back`);
    await coscli(...COPY, urlOf(context, `${id}/file`), path);
    const back = readFileSync(path, 'utf8');
    return { length: back.length, same: back === content };
  },
  'proxy-delete': async (_, id) => {
    await put(`${id}/file`, CONTENT);
    const before = await keysUnder(`${id}/`);
    await coscli('rm', '--force', urlOf(context, `${id}/file`));
    return { before, after: await keysUnder(`${id}/`) };
  },
};

mkdirSync(context.scratch, { recursive: true });
writeFileSync(
  config,
  [
    'cos:',
    '  base:',
    `    secretid: ${process.env['CONFORMANCE_SECRET_ID']}`,
    `    secretkey: ${process.env['CONFORMANCE_SECRET_KEY']}`,
    '    protocol: https',
    '    disableencryption: "true"',
    '  buckets:',
    `    - name: ${context.bucket}`,
    `      alias: ${context.bucket}`,
    `      endpoint: cos.${context.region}.myqcloud.com`,
    '',
  ].join('\n'),
);
await drive(context, steps, {});
