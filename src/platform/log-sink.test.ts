import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogSink, type SinkOptions } from './log-sink.ts';

let folder: string;
let file: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosette-sink-'));
  file = join(folder, 'log');
  fd = openSync(file, 'a');
});
afterEach(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

function sink(given: Partial<SinkOptions> = {}): LogSink {
  return new LogSink({ fd, batchBytes: 1024, flushMs: 60_000, backlogBytes: 1024 ** 2, ...given });
}
const content = () => readFileSync(file, 'utf8');

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 200) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('LogSink', () => {
  it('keeps every line whole and in order, whatever the batches', async () => {
    const log = sink({ batchBytes: 100 });
    let wanted = '';
    for (let index = 0; index < 2_000; index += 1) {
      const line = `${index} ${'é'.repeat(index % 50)}\n`;
      wanted += line;
      log.write(line);
      if (index % 97 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.flush();
    expect(content()).toBe(wanted);
    expect(log.dropped).toBe(0);
  });

  it('lets a small line wait for the batch, not longer than the limit', async () => {
    const patient = sink();
    patient.write('a\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(content()).toBe('');
    patient.write(`${'b'.repeat(1024)}\n`);
    await until(() => content().length > 1024);
    const quick = sink({ flushMs: 20 });
    quick.write('c\n');
    await until(() => content().endsWith('c\n'));
    const immediate = sink({ flushMs: 0 });
    immediate.write('d\n');
    immediate.write('e\n');
    await until(() => content().endsWith('d\ne\n'));
  });

  it('drops and counts what is beyond the backlog', async () => {
    const log = sink({ backlogBytes: 10 });
    log.write('123456\n');
    log.write('1234567\n');
    log.write('ab\n');
    await log.flush();
    expect(content()).toBe('123456\nab\n');
    expect(log.dropped).toBe(1);
  });

  it('writes out at once when it is told to block', () => {
    const log = sink();
    log.write('last\n');
    log.flushSync();
    expect(content()).toBe('last\n');
  });

  it('writes nothing after it was closed', async () => {
    const log = sink();
    log.write('before\n');
    await log.close();
    log.write('after\n');
    await log.flush();
    expect(content()).toBe('before\n');
  });

  it('survives a destination that fails', async () => {
    const readOnly = openSync(file, 'r');
    const log = sink({ fd: readOnly });
    log.write('lost\n');
    await log.flush();
    log.write('lost too\n');
    log.flushSync();
    expect(log.dropped).toBe(2);
    await log.flush();
    closeSync(readOnly);
  });
});
