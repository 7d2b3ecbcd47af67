import { expect, it } from 'vitest';
import { jobsText } from './jobs-actions.ts';

it('shows what runs, how far it is, and what went wrong', () => {
  const text = jobsText([
    { name: 'lifecycle', running: true, done: 12, total: 40, note: 'demo', runs: 0, failures: 0 },
    { name: 'notifications', running: false, done: 0, runs: 3, failures: 1, lastError: 'disk\u001b full' },
    { name: 'batch', running: false, done: 0, runs: 0, next: '2026-01-01T00:00:00.000Z' },
  ]);
  const lines = text.split('\n');
  expect(lines[1]).toMatch(/^lifecycle +yes +12\/40 \(demo\) +- +- +0 +-$/);
  expect(lines[2]).toMatch(/^notifications +no +0 +- +- +3 +disk\? full$/);
  expect(lines[3]).toMatch(/^batch +no +- +- +2026-01-01T00:00:00\.000Z +0 +-$/);
});
