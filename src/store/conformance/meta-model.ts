import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check, Commit, CommitResult, MetaStore } from '../meta-store.ts';
import { bytes, type OpenStore, plain, scanAll, withStore } from './harness.ts';

/** A commit before the versions are known: conditions are right, stale or for an absent key. */
interface Plan {
  readonly checks: readonly Guess[];
  readonly guards: readonly Guess[];
  readonly puts: ReadonlyMap<string, string>;
  readonly deletes: readonly string[];
}
interface Guess {
  readonly key: string;
  readonly guess: 'right' | 'absent' | 'stale';
}

interface ModelRow {
  readonly value: string;
  readonly version: number;
}

const key = fc.constantFrom('', 'a', 'a/', 'a/b', 'a/c', 'b', 'b\0', '\xff', '\xff\xff');
const guess = fc.record({
  key,
  guess: fc.oneof(
    { weight: 5, arbitrary: fc.constant('right' as const) },
    { weight: 1, arbitrary: fc.constantFrom('absent' as const, 'stale' as const) },
  ),
});
const plan: fc.Arbitrary<Plan> = fc
  .record({
    checks: fc.array(guess, { maxLength: 2 }),
    guards: fc.array(guess, { maxLength: 2 }),
    puts: fc.array(fc.tuple(key, fc.string({ maxLength: 3 })), { maxLength: 3 }),
    deletes: fc.array(key, { maxLength: 2 }),
  })
  .map(({ checks, guards, puts, deletes }) => {
    const changes = new Map(puts);
    return { checks, guards, puts: changes, deletes: deletes.filter((name) => !changes.has(name)) };
  });

/** Random commits against a plain map. */
export function modelTests(open: OpenStore, runs: number): void {
  describe('random commits', () => {
    it('do what a map does, one after the other', () =>
      withStore(open, async (store) => {
        let spaces = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 12 }), async (plans) => {
            const space = `one${++spaces}/`;
            const model = new Map<string, ModelRow>();
            for (const planned of plans) {
              const commit = toCommit(space, planned, model);
              const result = await store.meta.commit(commit);
              expect(result.ok).toBe(holds(commit, model, space));
              if (result.ok) apply(planned, result.version, model);
              await expectRows(store.meta, space, model);
            }
          }),
          { numRuns: runs },
        );
      }));

    it('that run at once have the effect of one order, that of their versions', () =>
      withStore(open, async (store) => {
        let spaces = 0;
        const batches = fc.array(fc.array(plan, { minLength: 2, maxLength: 10 }), { minLength: 1, maxLength: 3 });
        await fc.assert(
          fc.asyncProperty(batches, async (rounds) => {
            const space = `all${++spaces}/`;
            const model = new Map<string, ModelRow>();
            for (const plans of rounds) {
              const commits = plans.map((planned) => toCommit(space, planned, model));
              const results = await Promise.all(commits.map((commit) => store.meta.commit(commit)));
              replay(space, plans, commits, results, model);
              await expectRows(store.meta, space, model);
            }
          }),
          { numRuns: runs },
        );
      }));
  });
}

function replay(
  space: string,
  plans: readonly Plan[],
  commits: readonly Commit[],
  results: readonly CommitResult[],
  model: Map<string, ModelRow>,
): void {
  const before = new Map(model);
  const done = results
    .flatMap((result, at) => (result.ok ? [{ at, version: result.version }] : []))
    .sort((a, b) => a.version - b.version);
  const changed = new Set<string>();
  for (const { at, version } of done) {
    const planned = plans[at]!;
    // What changes nothing need not have a place of its own in the order.
    if (planned.puts.size + planned.deletes.length > 0) expect(holds(commits[at]!, model, space)).toBe(true);
    apply(planned, version, model);
    for (const name of [...planned.puts.keys(), ...planned.deletes]) changed.add(space + name);
  }
  for (const [at, result] of results.entries()) {
    if (result.ok) continue;
    // A failure has a cause: wrong from the start, or another commit of the batch changed the key.
    const failed = result.failed.toString('latin1');
    expect(changed.has(failed) || !holds(commits[at]!, before, space)).toBe(true);
  }
}

function toCommit(space: string, planned: Plan, model: ReadonlyMap<string, ModelRow>): Commit {
  const check = ({ key: name, guess: kind }: Guess): Check => {
    const version = model.get(name)?.version ?? 0;
    return { key: bytes(space + name), version: kind === 'right' ? version : kind === 'absent' ? 0 : version + 1 };
  };
  return {
    checks: planned.checks.map(check),
    guards: planned.guards.map(check),
    puts: [...planned.puts].map(([name, value]) => ({ key: bytes(space + name), value: Buffer.from(value) })),
    deletes: planned.deletes.map((name) => bytes(space + name)),
  };
}

function holds({ checks = [], guards = [] }: Commit, model: ReadonlyMap<string, ModelRow>, space: string): boolean {
  return [...checks, ...guards].every(
    (check) => (model.get(check.key.toString('latin1').slice(space.length))?.version ?? 0) === check.version,
  );
}

function apply(planned: Plan, version: number, model: Map<string, ModelRow>): void {
  for (const [name, value] of planned.puts) model.set(name, { value, version });
  for (const name of planned.deletes) model.delete(name);
}

async function expectRows(meta: MetaStore, space: string, model: ReadonlyMap<string, ModelRow>): Promise<void> {
  const wanted = [...model]
    .map(([name, row]) => ({ key: bytes(space + name), value: Buffer.from(row.value), version: row.version }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const rows = await scanAll(meta, { from: bytes(space), to: bytes(`${space.slice(0, -1)}0`), limit: 4 });
  expect(rows.map(plain)).toEqual(wanted.map(plain));
  expect((await meta.get(wanted.map((row) => row.key))).map((row) => row && plain(row))).toEqual(wanted.map(plain));
}
