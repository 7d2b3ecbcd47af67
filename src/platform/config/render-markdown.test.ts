import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTINGS } from './index.ts';
import { renderConfigMarkdown } from './render-markdown.ts';

it('docs/configuration.md is what the schema says (npm run docs writes it)', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(renderConfigMarkdown());
});

it('has one row for each setting', () => {
  const rows = renderConfigMarkdown()
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows.map((row) => row.split('`')[1])).toEqual(SETTINGS.map((setting) => setting.name));
});
