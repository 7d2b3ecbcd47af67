import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createProgram } from './program.ts';

const dir = mkdtempSync(join(tmpdir(), 'cosette-kms-'));
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

/** What `cosette kms …` prints. */
async function kms(...args: string[]): Promise<string> {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  await createProgram().parseAsync(['node', 'cosette', 'kms', ...args, '--data', dir]);
  write.mockRestore();
  return printed;
}

it('every kms command acts on the key and the folder it is given', async () => {
  const id = (await kms('create', '--description', 'files')).trim();
  const other = (await kms('create')).trim();
  expect(await kms('disable', id)).toBe(`${id} Disabled\n`);
  expect(await kms('rotate', other)).toBe(`${other} version 2\n`);
  const master = (await kms('rotate-master')).trim();
  const lines = (await kms('list')).split('\n');
  expect(lines[1]).toMatch(new RegExp(`^${id}  Disabled  1 .* files$`));
  expect(lines[2]).toMatch(new RegExp(`^${other}  Enabled   2 `));
  expect(lines[3]).toBe(`SSE-COS: 1 master key, active ${master}`);
  expect(await kms('enable', id)).toBe(`${id} Enabled\n`);
  await expect(kms('rotate', master)).rejects.toThrow(`holds no key ${master}`);
});
