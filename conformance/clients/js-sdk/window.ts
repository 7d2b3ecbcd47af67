/**
 * The SDK for browsers in pages of jsdom. A page stands on the host of the bucket that it asks, so that no request
 * crosses origins: what CORS does is the business of a real browser. The server under test is the pages' HTTP proxy.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Sdk } from '../javascript/context.ts';

interface Page {
  readonly eval: (script: string) => unknown;
  readonly Array: ArrayConstructor;
  readonly COS: new (options: object) => Sdk;
  readonly File: new (parts: readonly string[], name: string) => unknown;
}

interface Dom {
  readonly JSDOM: new (html: string, options: object) => { readonly window: Page };
  readonly ResourceLoader: new (options: object) => unknown;
}

/** Lists as the page's own arrays: to the SDK, arrays of another realm are none. */
function inPage(page: Page, value: unknown): unknown {
  if (Array.isArray(value)) return page.Array.from(value.map((inner) => inPage(page, inner)));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inPage(page, inner)]));
}

export class Pages {
  readonly #pages = new Map<string, Page>();
  readonly #dom: Dom;
  readonly #script: string;
  readonly #address: string | undefined;
  readonly #region: string;

  /** @param installed folder whose node_modules hold SDK and jsdom */
  constructor(installed: string, address: string | undefined, region: string) {
    const require = createRequire(join(installed, 'package.json'));
    this.#dom = require('jsdom') as Dom;
    this.#script = readFileSync(require.resolve('cos-js-sdk-v5/dist/cos-js-sdk-v5.js'), 'utf8');
    this.#address = address;
    this.#region = region;
  }

  /** @param bucket undefined: the page of the service itself */
  of(bucket: string | undefined): Page {
    const host = bucket === undefined ? 'service.cos.myqcloud.com' : `${bucket}.cos.${this.#region}.myqcloud.com`;
    const page = this.#pages.get(host) ?? this.#open(host);
    this.#pages.set(host, page);
    return page;
  }

  #open(host: string): Page {
    const local = this.#address !== undefined;
    const { window } = new this.#dom.JSDOM('<!doctype html>', {
      url: `${local ? 'http' : 'https'}://${host}/`,
      runScripts: 'outside-only',
      ...(local ? { resources: new this.#dom.ResourceLoader({ proxy: `http://${this.#address}` }) } : {}),
    });
    window.eval(this.#script);
    return window;
  }

  /** An SDK whose calls go out from the page of the bucket they name. */
  sdk(SecretId: string, SecretKey: string): Sdk {
    const Protocol = this.#address === undefined ? 'https:' : 'http:';
    const instances = new Map<Page, Sdk>();
    const instanceFor = (page: Page): Sdk => {
      const instance = instances.get(page) ?? new page.COS({ SecretId, SecretKey, Protocol });
      instances.set(page, instance);
      return instance;
    };
    return new Proxy({} as Sdk, {
      get:
        (_, name: string) =>
        (parameters: { Bucket?: string }): unknown => {
          const page = this.of(parameters.Bucket);
          return instanceFor(page)[name]!(inPage(page, parameters) as Record<string, unknown>);
        },
    });
  }
}
