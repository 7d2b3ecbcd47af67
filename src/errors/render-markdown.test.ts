import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_DOCUMENT } from '../../proof/examples.ts';
import { renderErrors } from './render-markdown.ts';
import { ERROR_TABLE } from './table.ts';

describe.each([
  ['en', 'docs/errors.md'],
  ['zh', 'docs/errors.zh-CN.md'],
] as const)('in %s', (language, path) => {
  const lines = renderErrors(language, ERROR_DOCUMENT).split('\n');
  const starts = (text: string): number => lines.filter((line) => line.startsWith(text)).length;

  it(`${path} is what the table says (npm run docs writes it)`, () => {
    expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'));
  });

  it('has one row for each row of the table, with both statuses', () => {
    expect(starts('| `')).toBe(ERROR_TABLE.length);
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

  it('has each example once', () => {
    expect(starts('### `')).toBe(ERROR_DOCUMENT.examples.length);
    expect(starts('### `TemporaryRedirect` 30')).toBe(2);
  });
});
