import { expect, it, vi } from 'vitest';
import { directoryFixture, OPERATOR } from '../access/directory/fixture.ts';
import { createKey, setKeyEnabled } from '../access/directory/keys.ts';
import { DirectoryRefresher } from './directory-refresher.ts';

it('shows within a second what another process changed, and ends', async () => {
  const { open } = directoryFixture();
  const [here, there] = [await open(), await open()];
  const refresher = new DirectoryRefresher(here, (error) => expect.unreachable(String(error)));
  refresher.start();
  try {
    const { secretId } = await createKey(there, OPERATOR.uin, OPERATOR.uin);
    await vi.waitFor(() => expect(here.find(secretId)?.enabled).toBe(true), { timeout: 1_000, interval: 20 });
    await setKeyEnabled(there, OPERATOR.uin, secretId, false);
    await vi.waitFor(() => expect(here.find(secretId)?.enabled).toBe(false), { timeout: 1_000, interval: 20 });
  } finally {
    await refresher.stop();
  }
  const { generation } = here;
  await createKey(there, OPERATOR.uin, OPERATOR.uin);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(here.generation).toBe(generation);
});

it('goes on after a failure, of which it tells', async () => {
  const errors: unknown[] = [];
  let calls = 0;
  const refresh = async () => {
    calls += 1;
    if (calls === 1) throw new Error('no disk');
  };
  const refresher = new DirectoryRefresher({ refresh }, (error) => errors.push(error));
  refresher.start();
  await vi.waitFor(() => expect(calls).toBeGreaterThan(1), { timeout: 3_000, interval: 50 });
  await refresher.stop();
  expect(errors).toMatchObject([{ message: 'no disk' }]);
});
