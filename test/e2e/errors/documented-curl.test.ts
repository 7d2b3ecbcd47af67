/** The lines for a shell in docs/errors.md do what they say. Without curl they are left out, by name. */
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { SEED_PROOF } from '../../../proof/rows/seed.ts';
import { SERVICE_PROOF } from '../../../proof/rows/service.ts';
import { runCurl } from '../../../proof/run-snippets.ts';
import { Servers } from '../../../proof/servers.ts';

const servers = new Servers();
afterAll(() => servers.removeAll());

const version = spawnSync('curl', ['--version'], { encoding: 'utf8' });
const hasCurl = version.status === 0 && spawnSync('sh', ['-c', 'true']).status === 0;
/** Older ones do not sign what S3 wants signed. */
const signsS3 = (() => {
  const [, major = '0', minor = '0'] = /^curl (\d+)\.(\d+)/.exec(version.stdout ?? '') ?? [];
  return Number(major) * 1_000 + Number(minor) >= 7_088;
})();
const named = [...SEED_PROOF, ...SERVICE_PROOF]
  .filter(({ noCurl }) => noCurl === undefined)
  .map((row) => [`${row.status} ${row.code}`, row] as const);

describe.runIf(hasCurl)('by curl', () => {
  it.for(named)('%s', async ([, row], { skip }) => {
    skip(!signsS3 && row.request.s3 !== undefined, 'signing for S3 takes curl 7.88 or later');
    const printed = await runCurl(servers, row);
    expect(printed).toContain(`HTTP/1.1 ${row.status}`);
    expect(printed).toContain(`<Code>${row.code === 'InternalErrror' ? 'InternalError' : row.code}</Code>`);
  });
});
