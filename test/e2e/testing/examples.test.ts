/** The examples of `cosette/testing` run as a reader would run them, against the built package. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Nothing of the runner that runs this. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const inner = /^(?:VITEST|VITE_|NODE_TEST|TEST$|NODE_ENV$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inner.test(name)));
}

const node = (...args: string[]) => run(process.execPath, args, { env: cleanEnvironment(), timeout: 60_000 });

describe('the examples', () => {
  it('of node:test', async () => {
    const { stdout } = await node('--test', '--test-reporter=tap', 'examples/testing/node-test/photos.test.mjs');
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(stdout).toMatch(/^# pass [1-9]/m);
  });

  it('of Vitest', async () => {
    const where = ['--root', 'examples/testing/vitest'];
    const { stdout } = await node('node_modules/vitest/vitest.mjs', 'run', '--reporter=json', ...where);
    const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { numPassedTests: number; numTotalTests: number };
    expect(report).toMatchObject({ numPassedTests: 4, numTotalTests: 4 });
  });

  it('of many servers, which leave nothing behind', async () => {
    const { stdout } = await node('--expose-gc', 'examples/testing/many-servers.mjs', '100');
    const { medianMs, before, after } = JSON.parse(stdout);
    console.log(`a start in memory: median of 100 ${medianMs.toFixed(1)} ms`);
    expect(medianMs).toBeLessThan(300);
    expect(after.handles).toEqual(before.handles);
    const MIB = 1024 ** 2;
    expect(after.heapBytes - before.heapBytes).toBeLessThan(5 * MIB);
    expect(after.rssBytes - before.rssBytes).toBeLessThan(50 * MIB);
  });
});
