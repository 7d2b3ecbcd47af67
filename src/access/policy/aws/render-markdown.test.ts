import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderS3Policies } from './render-markdown.ts';

it('docs/s3-policies.md is what the tables say (npm run docs writes it)', () => {
  expect(readFileSync('docs/s3-policies.md', 'utf8')).toBe(renderS3Policies());
});
