/**
 * Driver of cos-js-sdk-v5 in Chromium. A page on an origin of its own runs `page.js`; the names of the service lead to
 * the server under test by the browser's resolver rules, so that origins, CORS and `Host` are what they are on the web.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import COS from 'cos-nodejs-sdk-v5';
import { browser as browserCases } from '../../cases/browser.ts';

interface BrowserPage {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
}

interface Playwright {
  readonly chromium: {
    launch(options: object): Promise<{ newPage(): Promise<BrowserPage>; close(): Promise<void> }>;
  };
}

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const require = createRequire(join(given('INSTALLED'), 'package.json'));
const { chromium } = require('playwright-core') as Playwright;
const FILES: Readonly<Record<string, string>> = {
  '/sdk.js': require.resolve('cos-js-sdk-v5/dist/cos-js-sdk-v5.js'),
  '/page.js': 'conformance/clients/chromium/page.js',
};

/** Serves the page. Each port is an origin: the bucket's rule names the first one only. */
async function serve(): Promise<{ origin: string; close(): void }> {
  const server = createServer((request, answer) => {
    const file = FILES[request.url ?? ''];
    answer.setHeader('Content-Type', file === undefined ? 'text/html' : 'text/javascript');
    answer.end(
      file === undefined
        ? '<!doctype html><script src="/sdk.js"></script><script src="/page.js"></script>'
        : readFileSync(file),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function allow(origin: string): Promise<void> {
  const local = given('ADDRESS') === '' ? {} : { Protocol: 'http:', Ip: given('ADDRESS') };
  const keys = { SecretId: given('SECRET_ID'), SecretKey: given('SECRET_KEY') };
  const cos = new COS({ ...keys, ...local } as COS.COSOptions);
  const rule = {
    AllowedOrigin: [origin],
    AllowedMethod: ['GET', 'PUT', 'POST', 'HEAD', 'DELETE'],
    AllowedHeader: ['*'],
    ExposeHeader: ['ETag', 'x-cos-request-id', 'Content-Length'],
    MaxAgeSeconds: 60,
  };
  const CORSRules = [rule] as unknown as COS.CORSRule[];
  await cos.putBucketCors({ Bucket: given('BUCKET'), Region: given('REGION'), CORSRules });
}

function print(id: string, answer: object): void {
  process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`);
}

const known = new Set(browserCases.map(({ id }) => id));
const settings = {
  bucket: given('BUCKET'),
  region: given('REGION'),
  scheme: given('SCHEME'),
  secretId: given('SECRET_ID'),
  secretKey: given('SECRET_KEY'),
};
const [allowed, stranger] = [await serve(), await serve()];
await allow(allowed.origin);
const rules = given('ADDRESS') === '' ? [] : [`--host-resolver-rules=MAP *.myqcloud.com ${given('ADDRESS')}`];
const browser = await chromium.launch({
  executablePath: given('BROWSER'),
  args: ['--no-sandbox', '--no-proxy-server', ...rules],
});
const page = await browser.newPage();
for (const id of JSON.parse(given('CASES')) as string[]) {
  if (!known.has(id)) {
    print(id, { ok: false, leftOut: 'run with the same SDK on jsdom' });
    continue;
  }
  try {
    await page.goto(id === 'cors-no-rule' ? stranger.origin : allowed.origin);
    const observed = await page.evaluate(`runCase(${JSON.stringify(id)}, ${JSON.stringify(settings)})`);
    print(id, { ok: true, observed });
  } catch (error) {
    print(id, { ok: false, error: (error as Error).message });
  }
}
await browser.close();
process.exit(0);
