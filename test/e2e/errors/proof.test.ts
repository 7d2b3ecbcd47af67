/** Each code of the proof by its true condition: what `npm run errors` prints. */
import { afterAll, describe, expect, it } from 'vitest';
import { prove } from '../../../proof/prove.ts';
import { SEED_PROOF } from '../../../proof/rows/seed.ts';
import { SERVICE_PROOF } from '../../../proof/rows/service.ts';
import { Servers } from '../../../proof/servers.ts';

const servers = new Servers();
afterAll(() => servers.removeAll());

const named = [...SEED_PROOF, ...SERVICE_PROOF].map((row) => [`${row.status} ${row.code}`, row] as const);

describe('the proof', () => {
  it.each(named)('%s', async (_, row) => {
    const wire = row.code === 'InternalErrror' ? 'InternalError' : row.code;
    const { code, status, trouble, passed } = await prove(servers, row, wire);
    expect({ code, status, trouble, passed }).toEqual({
      code: wire,
      status: row.status,
      trouble: undefined,
      passed: true,
    });
  });

  it('sends the spelling of the page where the operator wants it', async () => {
    const literal = new Servers(['--errors-literal-seed-codes']);
    try {
      const row = SEED_PROOF.find(({ code }) => code === 'InternalErrror')!;
      expect(await prove(literal, row, 'InternalErrror')).toMatchObject({
        code: 'InternalErrror',
        status: 500,
        passed: true,
      });
    } finally {
      await literal.removeAll();
    }
  });
});
