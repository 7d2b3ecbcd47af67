import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditLine, AuditLog } from './audit-log.ts';
import { ManualClock } from './clock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cosette-audit-'));
  file = join(folder, 'audit.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clock = new ManualClock(Date.UTC(2026, 10, 26, 8));
const line = (requestId: string): AuditLine => ({
  requestId,
  remote: '10.0.0.1',
  secure: false,
  method: 'PUT',
  operation: 'PUT Object',
  bucket: 'b-1250000000',
  key: 'line\nbreak "and" 图',
  status: 200,
  code: undefined,
});
const idsIn = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((text) => (JSON.parse(text) as AuditLine).requestId);

describe('AuditLog', () => {
  it('writes one JSON object a line, for its owner alone, and appends', async () => {
    for (const id of ['a', 'b']) {
      const log = new AuditLog(file, clock);
      log.write(line(id));
      await log.close();
    }
    const [first] = readFileSync(file, 'utf8').split('\n');
    expect(first).toBe(
      '{"time":"2026-11-26T08:00:00.000Z","requestId":"a","remote":"10.0.0.1","secure":false,"method":"PUT",' +
        '"operation":"PUT Object","bucket":"b-1250000000","key":"line\\nbreak \\"and\\" 图","status":200}',
    );
    expect(idsIn(file)).toEqual(['a', 'b']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('begins a new file after the old one was moved away, and loses nothing', async () => {
    const log = new AuditLog(file, clock);
    const ids = Array.from({ length: 3_000 }, (_, index) => String(index));
    for (const id of ids) {
      log.write(line(id));
      if (id === '1000' || id === '2000') {
        renameSync(file, `${file}.${id}`);
        log.reopen();
      }
    }
    await log.close();
    const parts = [`${file}.1000`, `${file}.2000`, file].map(idsIn);
    expect(parts.map(({ length }) => length)).toEqual([1_001, 1_000, 999]);
    expect(parts.flat()).toEqual(ids);
    expect(log.dropped).toBe(0);
  });

  it('stays with the file it has when a new one cannot be opened', async () => {
    const log = new AuditLog(file, clock);
    const moved = `${folder}.moved`;
    renameSync(folder, moved);
    expect(() => log.reopen()).toThrow('ENOENT');
    log.write(line('kept'));
    await log.close();
    renameSync(moved, folder);
    expect(idsIn(file)).toEqual(['kept']);
  });

  it('fails at once for a file that cannot be opened', () => {
    expect(() => new AuditLog(join(folder, 'none', 'audit.log'), clock)).toThrow('ENOENT');
  });
});
