import { describe, expect, it } from 'vitest';
import { csvRecords } from './csv.ts';

async function records(...pieces: (string | Buffer)[]): Promise<string[][]> {
  async function* chunks() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const all: string[][] = [];
  for await (const record of csvRecords(chunks())) all.push(record);
  return all;
}

describe('csvRecords', () => {
  it('takes lines with either end, the last one without', async () => {
    expect(await records('a,b\r\nc,d\n\ne,')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', ''],
    ]);
  });

  it('takes quotes, commas and line ends in quotes', async () => {
    expect(await records('"a,""b""",c\n"x\ny",z\n')).toEqual([
      ['a,"b"', 'c'],
      ['x\ny', 'z'],
    ]);
  });

  it('joins what chunks cut apart, inside of characters too', async () => {
    const text = Buffer.from('bücket,"ключ ""1"""\nx,y\n');
    for (let at = 1; at < text.length; at++) {
      expect(await records(text.subarray(0, at), text.subarray(at))).toEqual([
        ['bücket', 'ключ "1"'],
        ['x', 'y'],
      ]);
    }
  });

  it('bounds a line, and wants quotes to end', async () => {
    await expect(records('x'.repeat(20_000))).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(records('a,"b\n')).rejects.toMatchObject({ code: 'InvalidRequest' });
  });
});
