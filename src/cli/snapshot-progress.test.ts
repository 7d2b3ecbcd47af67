import { describe, expect, it } from 'vitest';
import { bytesText, figuresText, Progress } from './snapshot-progress.ts';

const header = (bytes: number, blobs = 10) => ({
  takenMs: 0,
  appid: '',
  uin: '',
  clockOffsetMs: 0,
  keys: true,
  estimate: { blobs, bytes },
});
const done = (objects: number, bytes: number, blobs = objects) => ({ rows: objects, objects, blobs, bytes });

function progress(isTTY: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const told = new Progress('saved', { isTTY, write: (text) => written.push(text) }, { monotonicMs: () => nowMs });
  return { told, written, at: (ms: number) => (nowMs = ms) };
}

describe('progress', () => {
  it('is a line every second where nobody looks', () => {
    const { told, written, at } = progress(false);
    for (let ms = 0; ms <= 2_500; ms += 100) {
      at(ms);
      told.tell(done(ms, ms * 1_000), header(2_500_000));
    }
    told.end();
    expect(written).toEqual([
      'cosette: saved: 1000 objects, 976.6 KiB, 40 %\n',
      'cosette: saved: 2000 objects, 1.9 MiB, 80 %\n',
    ]);
  });

  it('is one line on a terminal, gone at the end', () => {
    const { told, written, at } = progress(true);
    at(100);
    told.tell(done(1, 0), header(0));
    at(150);
    told.tell(done(2, 0), header(0));
    at(200);
    told.tell(done(20, 900), header(0));
    told.end();
    told.end();
    expect(written).toEqual([
      '\r\u001b[Ksaved: 1 objects, 0 bytes, 10 %',
      '\r\u001b[Ksaved: 20 objects, 900 bytes, 99 %',
      '\r\u001b[K',
    ]);
  });

  it('tells no share of nothing', () => {
    const { told, written, at } = progress(false);
    at(1_000);
    told.tell(done(0, 0), header(0, 0));
    expect(written).toEqual(['cosette: saved: 0 objects, 0 bytes\n']);
  });
});

describe('figures', () => {
  it.each([
    [0, '0 bytes'],
    [1_023, '1023 bytes'],
    [1_536, '1.5 KiB'],
    [3 * 1_024 ** 4, '3.0 TiB'],
  ])('%i bytes are %s', (bytes, wanted) => expect(bytesText(bytes)).toBe(wanted));

  it('name what there is', () =>
    expect(figuresText(done(3, 2_048, 2))).toBe('3 objects and versions, 2 bodies, 2.0 KiB'));
});
