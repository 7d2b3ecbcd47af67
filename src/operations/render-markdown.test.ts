import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderOperations } from './render-markdown.ts';

it('docs/operations.md is what the declarations say (npm run docs writes it)', () => {
  expect(readFileSync('docs/operations.md', 'utf8')).toBe(renderOperations());
});
