import { describe, expect, it } from 'vitest';
import { sourceOf } from '../fixture.ts';
import { textBlocks } from './text.ts';

async function blocksOf(object: string | Buffer, chunks: number[]): Promise<string[]> {
  const blocks: string[] = [];
  for await (const block of textBlocks(sourceOf(object, chunks).chunks())) blocks.push(block);
  return blocks;
}

describe('textBlocks', () => {
  it.each([[[1_000_000]], [[1000, 7]], [[65_535, 1, 2, 65_537]], [[1]]])(
    'cuts between characters, chunks %j',
    async (chunks) => {
      for (const character of ['é', '語', '😀']) {
        const text = `x${character.repeat(70_000)}`;
        const blocks = await blocksOf(text, chunks);
        expect(blocks.length).toBeGreaterThan(1);
        expect(blocks.every((block) => Buffer.byteLength(block) <= 2 * 64 * 1024)).toBe(true);
        expect(blocks.join('') === text).toBe(true);
      }
    },
  );

  it('drops a byte-order mark at the start only', async () => {
    expect(await blocksOf('\ufeffa\ufeffb', [1])).toEqual(['a\ufeffb']);
    expect((await blocksOf(`\ufeff${'\ufeff'.repeat(30_000)}`, [100])).join('')).toHaveLength(30_000);
  });

  it.each([[[0xff]], [[0x61, 0xc3]], [[0xed, 0xa0, 0x80]], [[0xc0, 0x80]]])('refuses %j', async (bytes) => {
    const object = Buffer.concat([Buffer.alloc(70_000, 0x61), Buffer.from(bytes)]);
    await expect(blocksOf(object, [1000])).rejects.toMatchObject({ code: 'InvalidTextEncoding' });
  });
});
