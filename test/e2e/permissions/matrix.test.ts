/** Every identity asks for every operation: 0 deviations from the matrix. Source: spec/access.md §2.2, §6, §7. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectError } from '../../support/expect-error.ts';
import { askRow, matrixWorld, type Outcome } from '../../support/permissions-matrix.ts';
import { exchange } from '../../support/raw.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { advanceClock } from '../../support/test-clock.ts';
import { ELSEWHERE, MATRIX } from './matrix.ts';
import { IDENTITIES } from './row.ts';

let server: ServerProcess;
let world: Awaited<ReturnType<typeof matrixWorld>>;
const outcomes: Outcome[] = [];
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--test-clock'] });
  world = await matrixWorld(server, (seconds) => advanceClock(server, `${seconds}s`));
});
afterAll(() => server.remove());

/** What differs, a row each: operation, identity, what was wanted and what came. */
function deviations(of: readonly Outcome[]): string[] {
  return of
    .filter(({ wanted, got }) => wanted !== got)
    .map(({ operation, identity, action, wanted, got }) =>
      [operation.padEnd(42), identity.padEnd(10), action ?? '', `${wanted} wanted, but`, got].join(' '),
    );
}

it.each(MATRIX.map((row) => [row.operation, row] as const))('%s', async (_, row) => {
  const all = await askRow(world, row);
  outcomes.push(...all);
  expect(deviations(all)).toEqual([]);
});

it.each(ELSEWHERE)('$operation is for nobody unsigned', async ({ method, host, path, answer: [status, code] }) => {
  const asked = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`;
  const answer = await exchange(server.port, [asked]);
  if (answer.headers['content-type'] !== 'application/json') return void expectError(answer, status, code);
  expect([answer.status, JSON.parse(answer.body).code]).toEqual([status, code]);
});

it('has asked every cell', () => {
  const cells = new Set(outcomes.map(({ operation, identity }) => `${operation} ${identity}`));
  expect(cells.size).toBe(MATRIX.length * IDENTITIES.length);
  expect(outcomes).toHaveLength(1_174);
});
