import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dump, tempDir } from './harness.ts';
import { openLocalStore } from './index.ts';

const open = (dir: string) => openLocalStore({ dir, durability: 'relaxed' });

describe('FORMAT', () => {
  it('is written to a new folder', async () => {
    const dir = tempDir();
    await (await open(dir)).close();
    expect(fs.readFileSync(join(dir, 'FORMAT'), 'utf8')).toBe('{"format":1}\n');
    expect(fs.readdirSync(dir).sort()).toEqual(['FORMAT', 'files', 'index', 'log']);
  });

  it('of a newer version is refused, and nothing is changed', async () => {
    const dir = tempDir();
    fs.writeFileSync(join(dir, 'FORMAT'), '{"format":2}');
    await expect(open(dir)).rejects.toMatchObject({
      kind: 'newer-format',
      message: expect.stringMatching(/format 2.*format 1.*later/),
    });
    expect(fs.readdirSync(dir)).toEqual(['FORMAT']);
    fs.writeFileSync(join(dir, 'FORMAT'), '{"format":1,"note":"of no interest"}');
    const store = await open(dir);
    expect(await dump(store)).toEqual([]);
    await store.close();
  });

  it.each(['', '{', '[]', '{"format":0}', '{"format":"1"}', '{"format":1.5}'])(
    'that reads %j is damaged',
    async (text) => {
      const dir = tempDir();
      fs.writeFileSync(join(dir, 'FORMAT'), text);
      await expect(open(dir)).rejects.toMatchObject({ kind: 'damaged' });
    },
  );
});
