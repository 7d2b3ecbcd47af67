import { describe, expect, it } from 'vitest';
import { AdminError, resultReply, Streamed } from './reply.ts';
import type { AdminRequest } from './route.ts';
import { snapshotRoutes } from './snapshot-routes.ts';

const request = (keys?: string) =>
  ({
    query: new Map(keys === undefined ? [] : [['keys', keys]]),
    body: { only: () => undefined },
  }) as never as AdminRequest;

async function* nothing(): AsyncGenerator<Buffer> {}

describe('snapshot', () => {
  it('is for the operator, and given as bytes', async () => {
    const asked: boolean[] = [];
    const [route] = snapshotRoutes({
      async begin(withKeys) {
        asked.push(withKeys);
        return nothing();
      },
    });
    expect(route).toMatchObject({ method: 'GET', path: 'snapshot', who: 'operator' });
    const reply = resultReply(await route!.run(request()));
    expect(reply).toMatchObject({ status: 200, body: { stream: expect.anything() } });
    expect(reply.headers).toContain('no-store');
    expect(await route!.run(request('false'))).toBeInstanceOf(Streamed);
    expect(asked).toEqual([true, false]);
    await expect(route!.run(request('no'))).rejects.toMatchObject({ status: 400 });
  });

  it('is refused while another one is made, and where none can be', async () => {
    const [busy] = snapshotRoutes({ begin: async () => undefined });
    await expect(busy!.run(request())).rejects.toMatchObject({ status: 409, code: 'SnapshotRunning' });
    const [none] = snapshotRoutes(undefined);
    await expect(none!.run(request())).rejects.toBeInstanceOf(AdminError);
  });
});
