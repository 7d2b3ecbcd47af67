/** The statements for the Node SDK in docs/errors.md fail with the code they are about. */
import { afterAll, describe, expect, it } from 'vitest';
import type { ProofRow } from '../../../proof/row.ts';
import { SEED_PROOF } from '../../../proof/rows/seed.ts';
import { SERVICE_PROOF } from '../../../proof/rows/service.ts';
import { runSdk } from '../../../proof/run-snippets.ts';
import { sdkOf } from '../../../proof/sdk.ts';
import { Servers } from '../../../proof/servers.ts';

const servers = new Servers();
afterAll(() => servers.removeAll());

const named = [...SEED_PROOF, ...SERVICE_PROOF].flatMap((row): [string, ProofRow, string][] => {
  const sdk = sdkOf(row);
  return 'code' in sdk ? [[`${row.status} ${row.code}`, row, sdk.code]] : [];
});

describe('by the Node SDK', () => {
  it.each(named)('%s', async (_, row, code) => {
    const wire = row.code === 'InternalErrror' ? 'InternalError' : row.code;
    expect(await runSdk(servers, row, code)).toEqual({ statusCode: row.status, code: wire });
  });
});
