/** `cosette/testing` as the built package exports it; in processes of their own, since Vitest would compile it again. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const evaluate = async (...args: string[]) => (await run(process.execPath, args, { timeout: 60_000 })).stdout.trim();

it('is one implementation for import and for require', async () => {
  const text = `
    import { createRequire } from 'node:module';
    import * as byImport from 'cosette/testing';
    const byRequire = createRequire(process.cwd() + '/x.js')('cosette/testing');
    console.log(byImport.startCosette === byRequire.startCosette, Object.keys(byImport), Object.keys(byRequire));`;
  const names = "[ 'startCosette' ]";
  expect(await evaluate('--input-type=module', '-e', text)).toBe(`true ${names} ${names}`);
});

it('starts, answers, stops, and lets the process end', async () => {
  const text = `
    require('cosette/testing').startCosette().then(async (server) => {
      const answer = await fetch(server.endpoint + '/_cosette/health/ready');
      console.log(answer.status, await answer.text());
      await server.stop();
    });`;
  expect(await evaluate('--input-type=commonjs', '-e', text)).toMatch(/^200 /);
});
