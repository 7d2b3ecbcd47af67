import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderErrors } from './render-markdown.ts';
import { ERROR_TABLE } from './table.ts';

const lines = renderErrors().split('\n');

it('docs/errors.md is what the table says (npm run docs writes it)', () => {
  expect(readFileSync('docs/errors.md', 'utf8')).toBe(renderErrors());
});

it('has one row for each row of the table, with both statuses', () => {
  expect(lines.filter((line) => line.startsWith('| `'))).toHaveLength(ERROR_TABLE.length);
  const starts = (text: string): number => lines.filter((line) => line.startsWith(text)).length;
  expect(starts('| `NoSuchVersion` | 400 | 404 | ')).toBe(1);
  expect(starts('| `MissingAppid` | 400 | `InvalidRequest` | ')).toBe(1);
  expect(starts('| `NoSuchKey` | 404 | – | ')).toBe(1);
  expect(starts('| `TemporaryRedirect` | 30')).toBe(2);
});

it('keeps the cells apart and shows text as text', () => {
  for (const line of lines.filter((text) => text.startsWith('| `'))) {
    expect(line.match(/(?<!\\)\|/g)).toHaveLength(6);
    expect(line).not.toMatch(/<|(?<!\\)\*/);
  }
});
