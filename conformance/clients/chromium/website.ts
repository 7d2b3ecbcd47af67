/**
 * The case of a website: its pages as a visitor sees them, without keys. Pictures of them go into the output folder.
 */
import { join } from 'node:path';
import type COS from 'cos-nodejs-sdk-v5';
import type { Json } from '../../case.ts';
import { type BrowserPage, given } from './browser.ts';

export const WEBSITE = 'website-pages';

const page = (title: string, text: string) =>
  `<!doctype html><html><head><meta charset="utf-8"><title>${title}</title>` +
  `<link rel="stylesheet" href="/${WEBSITE}/style.css"></head><body><h1>${title}</h1><p>${text}</p>` +
  `<p><a id="docs" href="docs/">Documents</a></p></body></html>`;

const FILES: Readonly<Record<string, readonly [type: string, body: string]>> = {
  'index.html': ['text/html', page('Home', 'The index document of the site.')],
  'docs/index.html': ['text/html', page('Documents', 'The index document of a folder.')],
  'missing.html': ['text/html', page('Nothing here', 'The error document of the site.')],
  'style.css': [
    'text/css',
    'body{background:rgb(240,248,255);font:20px sans-serif;margin:40px}h1{color:rgb(0,80,160)}',
  ],
};

const CONFIGURATION = {
  IndexDocument: { Suffix: 'index.html' },
  ErrorDocument: { Key: `${WEBSITE}/missing.html` },
  RoutingRules: [
    {
      Condition: { KeyPrefixEquals: `${WEBSITE}/old/` },
      Redirect: { ReplaceKeyPrefixWith: `${WEBSITE}/docs/` },
    },
  ],
};

/** Pages to visit, by the name of what is seen there. */
const VISITS: Readonly<Record<string, string>> = {
  index: '',
  folder: 'docs/',
  slash: 'docs',
  redirect: 'old/',
  error: 'nowhere.html',
};

/** @returns an answer to the case */
export async function visitWebsite(cos: COS, browserPage: BrowserPage): Promise<object> {
  const at = { Bucket: given('BUCKET'), Region: given('REGION') };
  await cos.putBucketAcl({ ...at, ACL: 'public-read' });
  try {
    for (const [name, [ContentType, Body]] of Object.entries(FILES)) {
      await cos.putObject({ ...at, Key: `${WEBSITE}/${name}`, Body, ContentType });
    }
    await cos.putBucketWebsite({ ...at, WebsiteConfiguration: CONFIGURATION as COS.WebsiteConfiguration });
    const origin = `http://${at.Bucket}.cos-website.${at.Region}.myqcloud.com`;
    const observed: Record<string, Json> = {};
    for (const [name, path] of Object.entries(VISITS)) {
      observed[name] = await look(browserPage, `${origin}/${WEBSITE}/${path}`, name);
    }
    return { ok: true, observed };
  } finally {
    await cos.deleteBucketWebsite(at);
    await cos.putBucketAcl({ ...at, ACL: 'private' });
  }
}

async function look(browserPage: BrowserPage, url: string, name: string): Promise<Json> {
  const response = (await browserPage.goto(url)) as { status(): number };
  const seen = (await browserPage.evaluate(
    '({ path: location.pathname, title: document.title, background: getComputedStyle(document.body).backgroundColor })',
  )) as Record<string, Json>;
  await browserPage.screenshot({ path: join(given('OUTPUT'), `website-${name}.png`) });
  return { status: response.status(), ...seen };
}
