import { describe, expect, it } from 'vitest';
import { inspectSnapshot } from '../../features/snapshot/inspect.ts';
import { FIXTURE_BUCKET, openFixture } from '../../model/fixture.ts';
import { snapshotDesk } from './live-snapshot.ts';

const account = { appid: '1250000000', uin: '100000000001' };

async function desk(files: () => Promise<[]> = async () => []) {
  const { services, clock } = await openFixture();
  return { services, desk: snapshotDesk(services, clock, { ...account, files }) };
}

const freed = (services: Awaited<ReturnType<typeof desk>>['services']) => services.pins.freeing(async () => 'freed');

describe('snapshots of a running server', () => {
  it('are made one at a time', async () => {
    const { services, desk: made } = await desk();
    const first = await made.begin(true);
    expect(await made.begin(true)).toBeUndefined();
    expect(await freed(services)).toBeUndefined();
    const counts = await inspectSnapshot(first!);
    expect(counts.rows).toBeGreaterThan(0);
    expect(FIXTURE_BUCKET).toContain(account.appid);
    expect(await freed(services)).toBe('freed');
    expect(await inspectSnapshot((await made.begin(true))!)).toEqual(counts);
  });

  it('end when nobody reads on, at once or later', async () => {
    const { services, desk: made } = await desk();
    for (const pieces of [0, 1]) {
      const iterator = (await made.begin(false))![Symbol.asyncIterator]();
      for (let i = 0; i < pieces; i++) await iterator.next();
      await iterator.return?.();
      expect(await freed(services)).toBe('freed');
    }
    expect(await made.begin(true)).toBeDefined();
  });

  it('fail before they begin when the store is closed, and may be tried again', async () => {
    const { services, desk: made } = await desk();
    await services.store.close();
    await expect(made.begin(true)).rejects.toMatchObject({ kind: 'closed' });
    await expect(made.begin(true)).rejects.toMatchObject({ kind: 'closed' });
    expect(await freed(services)).toBe('freed');
  });

  it('break off when what stands beside the store cannot be read', async () => {
    const { services, desk: made } = await desk(async () => {
      throw new Error('no right to read');
    });
    await expect(inspectSnapshot((await made.begin(true))!)).rejects.toThrow('no right to read');
    expect(await freed(services)).toBe('freed');
  });
});
