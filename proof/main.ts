/**
 * Provokes the codes of the seed page and those of the service beyond it, each by its true condition, through HTTP.
 * `node scripts/run.mjs proof/main.ts [--seed FILE] [--only CODE]`; ends with 1 when anything is missed.
 */
import { parseArgs } from 'node:util';
import { compareWithSeed } from './literal.ts';
import { type Outcome, prove } from './prove.ts';
import { printOutcomes, printUnreachable } from './report.ts';
import type { ProofRow } from './row.ts';
import { SEED_PROOF } from './rows/seed.ts';
import { SERVICE_PROOF } from './rows/service.ts';
import { Servers } from './servers.ts';

const USAGE = 'usage: npm run errors -- [--seed FILE] [--only CODE]';

/** The seed page spells one code so; clients know the usual spelling. */
const wireCode = (code: string) => (code === 'InternalErrror' ? 'InternalError' : code);

async function provoke(servers: Servers, rows: readonly ProofRow[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const row of rows) outcomes.push(await prove(servers, row, wireCode(row.code)));
  return outcomes;
}

async function literalSpelling(): Promise<boolean> {
  const servers = new Servers(['--errors-literal-seed-codes']);
  try {
    const row = SEED_PROOF.find(({ code }) => code === 'InternalErrror')!;
    const { code, status, passed } = await prove(servers, row, row.code);
    console.log(`errors.literalSeedCodes: ${status} ${code}: ${passed ? 'pass' : 'FAIL'}`);
    return passed;
  } finally {
    await servers.removeAll();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, only: { type: 'string' } } });
  const wanted = ({ code }: ProofRow) => values.only === undefined || values.only === code;
  const servers = new Servers();
  let misses = 0;
  try {
    for (const [title, rows] of [
      ['The seed page', SEED_PROOF],
      ['Further codes of the service', SERVICE_PROOF],
    ] as const) {
      const outcomes = await provoke(servers, rows.filter(wanted));
      misses += outcomes.filter(({ passed }) => !passed).length;
      printOutcomes(title, outcomes);
    }
  } finally {
    await servers.removeAll();
  }
  if (values.only !== undefined) return misses === 0 ? 0 : 1;
  if (!printUnreachable(SERVICE_PROOF)) misses += 1;
  if (!(await literalSpelling())) misses += 1;
  const seed = values.seed ?? process.env['COSETTE_SEED_PAGE'];
  if (seed === undefined) console.log('Literal check: not made (no --seed FILE, no COSETTE_SEED_PAGE).');
  else if (!compareWithSeed(seed, SEED_PROOF)) misses += 1;
  return misses === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(USAGE);
  process.exitCode = 2;
}
