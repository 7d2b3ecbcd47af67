/** Chromium under control of playwright-core, which the runner installed. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface BrowserPage {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  setInputFiles(selector: string, path: string): Promise<void>;
  waitForFunction(script: string): Promise<unknown>;
  screenshot(options: { path: string }): Promise<unknown>;
  context(): { newCDPSession(page: BrowserPage): Promise<Protocol> };
}

/** The browser's own protocol. */
export interface Protocol {
  send(method: string, parameters?: object): Promise<unknown>;
}

export interface Browser {
  newPage(options?: object): Promise<BrowserPage>;
  close(): Promise<void>;
}

export const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';

/** Of packages beside the runner's own. */
export const installed = createRequire(join(given('INSTALLED'), 'package.json'));

export function launch(args: readonly string[]): Promise<Browser> {
  const { chromium } = installed('playwright-core') as { chromium: { launch(options: object): Promise<Browser> } };
  return chromium.launch({ executablePath: given('BROWSER'), args: ['--no-sandbox', ...args] });
}
