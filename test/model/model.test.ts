/**
 * Random sequences of requests, each answered by the server and by a small reference written from the specification:
 * every answer must be the same. To repeat a failure: COSETTE_MODEL_SEED and, to begin at the failing sequence,
 * COSETTE_MODEL_PATH; COSETTE_MODEL_RUNS for another number of sequences.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Sequence, sequences } from './commands.ts';
import { crcText } from './reference/digests.ts';
import { runSequence, type Tally } from './run.ts';

const RUNS = 2_000;
/** Commands of a sequence. */
const MOST = 25;
const TIMEOUT_MS = 240_000;

const setting = (name: string): string | undefined => process.env[`COSETTE_MODEL_${name}`] || undefined;

function message(details: fc.RunDetails<[Sequence]>): string {
  const { seed, counterexamplePath, numRuns, numShrinks, errorInstance } = details;
  const again = `COSETTE_MODEL_SEED=${seed} COSETTE_MODEL_RUNS=${setting('RUNS') ?? RUNS}`;
  return [
    `sequence ${numRuns} went wrong; shortened ${numShrinks} times:`,
    (errorInstance as Error | undefined)?.message ?? 'the run was broken off',
    `again: ${again} npx vitest run --project unit test/model`,
    `its end alone: COSETTE_MODEL_PATH=${counterexamplePath} in front of that`,
  ].join('\n');
}

describe('the server and the reference', () => {
  it('compute the CRC-64 of the specification', () => {
    expect(crcText(Buffer.from('123456789'))).toBe('11051210869376104954');
  });

  it(
    'answer alike to every sequence of requests',
    async () => {
      const tally: Tally = new Map();
      const property = fc.asyncProperty(sequences(MOST), (sequence) => runSequence(sequence, tally));
      const [seed, path, runs] = [setting('SEED'), setting('PATH'), setting('RUNS')];
      const details = await fc.check(property, {
        numRuns: runs === undefined ? RUNS : Number(runs),
        ...(seed === undefined ? {} : { seed: Number(seed) }),
        ...(path === undefined ? {} : { path }),
      });
      if (setting('TALLY')) console.log([...tally].sort().join('\n'));
      if (details.failed) throw new Error(message(details));
    },
    TIMEOUT_MS,
  );
});
