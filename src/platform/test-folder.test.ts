import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { TestFolder } from './test-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'cosette-test-folder-'));
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('TestFolder', () => {
  it.each(['missing', 'empty'])('empties one that was %s, save what is kept', async (state) => {
    const path = join(root, state);
    if (state === 'empty') mkdirSync(path, { recursive: true });
    const folder = await TestFolder.look(path);
    mkdirSync(join(path, 'store'), { recursive: true });
    writeFileSync(join(path, 'store', 'a'), '');
    writeFileSync(join(path, 'keys'), '');
    await folder.empty('keys');
    expect(readdirSync(path)).toEqual(['keys']);
  });

  it('leaves one alone that held something', async () => {
    const path = join(root, 'used');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'mine'), '');
    const folder = await TestFolder.look(path);
    await expect(folder.empty('keys')).rejects.toThrow(/held before/);
    expect(readdirSync(path)).toEqual(['mine']);
  });
});
