import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderClientsMarkdown } from './document.ts';

it.each([
  ['docs/clients.md', 'en'],
  ['docs/clients.zh-CN.md', 'zh'],
] as const)('%s is what the clients say (npm run docs writes it)', (path, lang) => {
  expect(readFileSync(path, 'utf8')).toBe(renderClientsMarkdown(lang));
});
