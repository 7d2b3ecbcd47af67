/** A server of the pages, as an application has it: static files, and nothing of the service. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { installed } from './browser.ts';

const FOLDER = 'conformance/clients/chromium';
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

const FILES: Readonly<Record<string, string>> = {
  '/sdk.js': installed.resolve('cos-js-sdk-v5/dist/cos-js-sdk-v5.js'),
  '/page.js': `${FOLDER}/page.js`,
  '/upload': `${FOLDER}/upload.html`,
  '/upload.js': `${FOLDER}/upload.js`,
  '/checksums.js': `${FOLDER}/checksums.js`,
};

/** @returns the origin */
export async function serve(): Promise<string> {
  const server = createServer((request, answer) => {
    const file = FILES[request.url ?? ''];
    answer.setHeader('Content-Type', TYPES[extname(file ?? '.html')] ?? '');
    answer.end(
      file === undefined
        ? '<!doctype html><script src="/sdk.js"></script><script src="/page.js"></script>'
        : readFileSync(file),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
