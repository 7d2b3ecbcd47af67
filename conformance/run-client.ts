/** One client in one form: prepared, given buckets of its own, and driven through the cases of the form. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Case } from './case.ts';
import { httpsProxy } from './cases/https-proxy.ts';
import { CASES } from './cases/index.ts';
import { s3 } from './cases/s3.ts';
import { s3Tools } from './cases/s3-tools.ts';
import { temporaryKeys } from './cases/temporary-keys.ts';
import {
  type Application,
  applicationEnvironment,
  type Client,
  environmentOf,
  type S3Group,
  Skipped,
} from './client.ts';
import type { Form } from './options.ts';
import { type DriverRun, runDriver } from './run-driver.ts';
import type { Service } from './service.ts';

/** Where clients are installed: outside the sources, kept between runs. */
const CACHE = resolve('node_modules/.cache/cosette-conformance');
/** A driver runs at most so many ms. */
const LONGEST_MS = 300_000;

export const CASES_OF: Readonly<Record<Form | S3Group, readonly Case[]>> = {
  own: CASES,
  proxy: [...httpsProxy, ...temporaryKeys],
  s3,
  's3-tools': s3Tools,
};

/** The cases of a form that a client does: those that are its alone, or those of everybody. */
function casesFor(form: Form, { name, s3: group }: Client): readonly Case[] {
  const all = CASES_OF[group ?? form];
  const own = all.filter(({ only }) => only === name);
  return own.length > 0 ? own : all.filter(({ only }) => only === undefined);
}

export type Outcome =
  | {
      readonly kind: 'ran';
      readonly version: string;
      readonly run: DriverRun;
      /** In the form `proxy`. */
      readonly application: Application | undefined;
      /** Files for people to look at. */
      readonly files: readonly string[];
    }
  | { readonly kind: 'skipped'; readonly why: string };

/** @returns undefined when the client has no such form */
export async function runClient(client: Client, form: Form, service: Service): Promise<Outcome | undefined> {
  if (form === 'proxy' && client.application === undefined) return undefined;
  const folder = join(CACHE, client.name);
  const output = join(CACHE, 'output', client.name);
  mkdirSync(folder, { recursive: true });
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const folders = { scratch: mkdtempSync(join(tmpdir(), 'cosette-conformance-')), output };
  try {
    const application = form === 'proxy' ? await client.application?.(folder) : undefined;
    const { version, driver } = application ?? (await client.prepare(folder));
    const facts = await service.bucketsFor(client.name);
    const cases = casesFor(form, client);
    const ids = cases.map(({ id }) => id);
    const environment =
      application === undefined
        ? environmentOf(facts, ids, folders)
        : applicationEnvironment(facts, ids, folders, application);
    try {
      const run = await runDriver(driver, environment, cases, LONGEST_MS);
      const files = readdirSync(output).map((name) => join(output, name));
      return { kind: 'ran', version, run, application, files };
    } finally {
      await service.remove(facts);
    }
  } catch (error) {
    if (error instanceof Skipped) return { kind: 'skipped', why: error.message };
    throw error;
  } finally {
    rmSync(folders.scratch, { recursive: true, force: true });
  }
}
