/**
 * The case of 100 MiB: the SDK with its defaults, in a browser whose HTTP proxy is the server, so that https names of
 * the service lead there. Pictures of the page, while it uploads and in the end, go into the output folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../case.ts';
import { type BrowserPage, given, launch } from './browser.ts';
import { throughProxy } from './trust.ts';

const LENGTH = 100 * 1_048_576;
/** Speed of the line: without one, the upload is over before a picture is taken. */
const BYTES_PER_SECOND = 20 * 1_048_576;

/** The SDK reports once a second. */
const LEAST_REPORTS = 4;

interface Seen {
  readonly schemes: readonly string[];
  readonly length: number;
  readonly etag: string;
  readonly sha256: string;
  readonly shaBack: string;
  readonly crc64: string;
  readonly crcOfService: string;
  readonly percent: number;
  readonly reports: number;
}

/** @returns an answer to the case */
export async function uploadLarge(origin: string, settings: object): Promise<object> {
  if (given('ADDRESS') !== '' && given('CA') === '') {
    return { ok: false, leftOut: 'it needs the authority of the server' };
  }
  const content = randomBytes(LENGTH);
  const path = join(given('SCRATCH'), 'large.bin');
  writeFileSync(path, content);
  const host = `${given('BUCKET')}.cos.${given('REGION')}.myqcloud.com`;
  const browser = await launch(given('ADDRESS') === '' ? ['--no-proxy-server'] : await throughProxy(host));
  try {
    const page = await browser.newPage({ viewport: { width: 960, height: 560 } });
    const seen = await uploadIn(page, `${origin}/upload`, path, settings);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { ok: true, observed: observationOf(seen, sha256) };
  } finally {
    await browser.close();
  }
}

async function uploadIn(page: BrowserPage, url: string, path: string, settings: object): Promise<Seen> {
  await page.goto(url);
  const protocol = await page.context().newCDPSession(page);
  const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: BYTES_PER_SECOND };
  await protocol.send('Network.enable');
  await protocol.send('Network.emulateNetworkConditions', line);
  await page.setInputFiles('#file', path);
  const upload = page.evaluate(`upload(${JSON.stringify({ ...settings, key: 'cors-upload-large' })})`);
  const half = page.waitForFunction('progress.percent >= 0.4');
  await Promise.race([half.catch(() => undefined), upload]);
  await page.screenshot({ path: join(given('OUTPUT'), 'during.png') });
  const seen = (await upload) as Seen;
  await page.screenshot({ path: join(given('OUTPUT'), 'after.png') });
  return seen;
}

function observationOf(seen: Seen, sha256: string): Json {
  const shas = new Set([sha256, seen.sha256, seen.shaBack]);
  return {
    schemes: seen.schemes,
    length: seen.length,
    etagSuffix: seen.etag.replaceAll('"', '').replace(/^[0-9a-f]{32}/, ''),
    sha256: shas.size === 1 ? 'same' : [...shas],
    crc64: seen.crc64 === seen.crcOfService ? 'same' : [seen.crc64, seen.crcOfService],
    percent: seen.percent,
    reportedOften: seen.reports >= LEAST_REPORTS,
  };
}
