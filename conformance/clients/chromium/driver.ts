/**
 * Driver of cos-js-sdk-v5 in Chromium. A page on an origin of its own runs `page.js`; the names of the service lead to
 * the server under test by the browser's resolver rules, so that origins, CORS and `Host` are what they are on the web.
 */
import COS from 'cos-nodejs-sdk-v5';
import { browser as browserCases } from '../../cases/browser.ts';
import { given, launch } from './browser.ts';
import { uploadLarge } from './large.ts';
import { serve } from './pages.ts';
import { visitWebsite, WEBSITE } from './website.ts';

/** A rule for pages of one origin. */
const ruleFor = (origin: string, ...more: readonly string[]) => ({
  AllowedOrigin: [origin],
  AllowedMethod: ['GET', 'PUT', 'POST', 'HEAD', 'DELETE'],
  AllowedHeader: ['*'],
  ExposeHeader: ['ETag', 'x-cos-request-id', 'Content-Length', ...more],
  MaxAgeSeconds: 60,
});

function client(): COS {
  const local = given('ADDRESS') === '' ? {} : { Protocol: 'http:', Ip: given('ADDRESS') };
  const keys = { SecretId: given('SECRET_ID'), SecretKey: given('SECRET_KEY') };
  return new COS({ ...keys, ...local } as COS.COSOptions);
}

async function allow(rules: readonly ReturnType<typeof ruleFor>[]): Promise<void> {
  const cos = client();
  const CORSRules = rules as unknown as COS.CORSRule[];
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
// Each port is an origin: no rule names the second one.
const [allowed, stranger, large] = [await serve(), await serve(), await serve()];
await allow([ruleFor(allowed), ruleFor(large, 'x-cos-hash-crc64ecma')]);
const rules = given('ADDRESS') === '' ? [] : [`--host-resolver-rules=MAP *.myqcloud.com ${given('ADDRESS')}`];
const browser = await launch(['--no-proxy-server', ...rules]);
const page = await browser.newPage();
for (const id of JSON.parse(given('CASES')) as string[]) {
  if (!known.has(id)) {
    print(id, { ok: false, leftOut: 'run with the same SDK on jsdom' });
    continue;
  }
  try {
    if (id === 'cors-upload-large') {
      print(id, await uploadLarge(large, settings));
      continue;
    }
    if (id === WEBSITE) {
      print(id, await visitWebsite(client(), await browser.newPage({ viewport: { width: 720, height: 360 } })));
      continue;
    }
    await page.goto(id === 'cors-no-rule' ? stranger : allowed);
    const observed = await page.evaluate(`runCase(${JSON.stringify(id)}, ${JSON.stringify(settings)})`);
    print(id, { ok: true, observed });
  } catch (error) {
    print(id, { ok: false, error: (error as Error).message });
  }
}
await browser.close();
process.exit(0);
