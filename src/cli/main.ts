#!/usr/bin/env node
/** The command `cosette`. Exit codes: 0 done, 1 failed (one line says why), 2 wrong usage. */
import { explainFailure } from './failures.ts';
import { createProgram } from './program.ts';

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`cosette: ${explainFailure(error)}\n`, () => process.exit(1));
}
