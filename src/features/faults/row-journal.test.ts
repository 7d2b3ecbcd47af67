import { describe, expect, it } from 'vitest';
import { naiveCollapse } from '../../store/collapse.ts';
import { openMemoryStore } from '../../store/memory/index.ts';
import type { MetaStore } from '../../store/meta-store.ts';
import { RowJournal } from './row-journal.ts';

const FROM = Buffer.from('c');
const TO = Buffer.from('d');

function fixture() {
  let nowMs = 1_000;
  const journal = new RowJournal(() => nowMs);
  const meta = journal.watch(openMemoryStore().meta);
  const put = (key: string, value: string) =>
    meta.commit({ puts: [{ key: Buffer.from(key), value: Buffer.from(value) }] });
  const drop = (key: string) => meta.commit({ deletes: [Buffer.from(key)] });
  const wait = (ms: number) => {
    nowMs += ms;
  };
  const past = (lagMs: number) => journal.asOf(meta, lagMs);
  return { journal, meta, put, drop, wait, past };
}

/** All rows, in pages of two. */
async function listed(meta: MetaStore): Promise<string> {
  const all: string[] = [];
  let from: Buffer | undefined = FROM;
  while (from !== undefined) {
    const page: Awaited<ReturnType<MetaStore['scan']>> = await meta.scan({ from, to: TO, limit: 2 });
    expect(page.rows.length).toBeGreaterThan(page.resume === undefined ? -1 : 1);
    all.push(...page.rows.map(({ key, value }) => `${key.subarray(1)}=${value}`));
    from = page.resume;
  }
  return all.join(' ');
}

describe('listings of the past', () => {
  it('have what was deleted and overwritten, and not what is new', async () => {
    const { journal, put, drop, wait, past, meta } = fixture();
    for (const name of ['ca', 'cb', 'cc', 'cd', 'ce']) await put(name, '1');
    journal.keepFor(10_000);
    wait(1_000);
    await put('cb', '2');
    await drop('cc');
    await put('cf', '1');
    wait(1_000);
    await put('cb', '3');
    await drop('cf');
    await put('cc', 'again');
    await drop('ca');
    wait(1_000);
    expect(await listed(meta)).toBe('b=3 c=again d=1 e=1');
    expect(await listed(past(500))).toBe('b=3 c=again d=1 e=1');
    expect(await listed(past(1_500))).toBe('a=1 b=2 d=1 e=1 f=1');
    expect(await listed(past(2_500))).toBe('a=1 b=1 c=1 d=1 e=1');
    expect(await listed(past(9_000))).toBe('a=1 b=1 c=1 d=1 e=1');
  });

  it('collapse as those of the present do', async () => {
    const { journal, put, drop, wait, past } = fixture();
    const names = ['cx/1', 'cx/2', 'cy', 'cz/1'];
    for (const name of names) await put(name, '1');
    journal.keepFor(10_000);
    const request = { prefix: FROM, from: FROM, to: TO, delimiter: Buffer.from('/'), limit: 10 };
    const before = await naiveCollapse(past(0), request);
    wait(1);
    for (const name of names) await drop(name);
    await put('cw/1', '1');
    const { entries, resume } = await past(1).collapse(request);
    expect(entries.map(({ row, prefix }) => String(prefix ?? row?.key))).toEqual(['cx/', 'cy', 'cz/']);
    expect({ entries, resume }).toEqual({ entries: before.entries, resume: undefined });
  });

  it('say that there is more only where there is', async () => {
    const { journal, put, drop, wait, past } = fixture();
    await put('ca', '1');
    await put('cb', '1');
    journal.keepFor(1_000);
    wait(1);
    await put('cc', '1');
    await drop('ca');
    const at = (limit: number) => past(1).scan({ from: FROM, to: TO, limit });
    expect(await at(2)).toMatchObject({ rows: [{ key: Buffer.from('ca') }, { key: Buffer.from('cb') }] });
    expect((await at(2)).resume).toBeUndefined();
    expect((await at(1)).resume).toEqual(Buffer.from('cb'));
  });

  it('take each commit in its turn, however many run at once', async () => {
    const { journal, put, wait, past, meta } = fixture();
    await put('ca', '0');
    journal.keepFor(10_000);
    wait(1);
    await Promise.all(Array.from({ length: 50 }, (_, at) => put('ca', String(at + 1))));
    wait(1);
    expect(await listed(past(1.5))).toBe('a=0');
    expect(await listed(past(0.5))).toBe(await listed(meta));
  });
});

describe('the journal', () => {
  it('keeps nothing unless it is wanted, and other rows never', async () => {
    const { journal, put, wait, past, meta } = fixture();
    await put('ca', '1');
    expect(past(600_000)).toBe(meta);
    journal.keepFor(1_000);
    await put('bx', '1');
    expect(past(600_000)).toBe(meta);
    wait(1);
    await put('cb', '1');
    expect(await listed(past(1))).toBe('a=1');
    journal.keepFor(0);
    expect(past(600_000)).toBe(meta);
  });

  it('belongs to one store', async () => {
    const { journal, put, past, wait } = fixture();
    journal.keepFor(1_000);
    wait(1);
    await put('ca', '1');
    expect(await listed(past(1))).toBe('');
    const other = journal.watch(openMemoryStore().meta);
    expect(journal.asOf(other, 1)).toBe(other);
  });

  it('forgets what is older than wanted, and does not note what failed', async () => {
    const { journal, put, wait, past, meta } = fixture();
    journal.keepFor(1_000);
    await put('ca', '1');
    wait(1_001);
    await put('cb', '1');
    expect(await listed(past(5_000))).toBe('a=1');
    const failed = await meta.commit({
      checks: [{ key: Buffer.from('ca'), version: 0 }],
      puts: [{ key: Buffer.from('ca'), value: Buffer.from('2') }],
    });
    expect(failed.ok).toBe(false);
    expect(await listed(past(5_000))).toBe('a=1');
  });
});
