/** Writes the documents that are made from declarations: `npm run docs`. Their tests compare them. */
import { writeFileSync } from 'node:fs';
import { ERROR_DOCUMENT } from '../proof/examples.ts';
import { renderS3Policies } from '../src/access/policy/aws/render-markdown.ts';
import { renderClientsMarkdown } from '../src/cli/env/document.ts';
import { renderErrors } from '../src/errors/render-markdown.ts';
import { renderOperations } from '../src/operations/render-markdown.ts';
import { renderConfigMarkdown } from '../src/platform/config/render-markdown.ts';
import { operationTests } from '../test/support/operation-tests.ts';

const documents: readonly (readonly [path: string, render: () => string])[] = [
  ['docs/clients.md', () => renderClientsMarkdown('en')],
  ['docs/clients.zh-CN.md', () => renderClientsMarkdown('zh')],
  ['docs/configuration.md', renderConfigMarkdown],
  ['docs/errors.md', () => renderErrors('en', ERROR_DOCUMENT)],
  ['docs/errors.zh-CN.md', () => renderErrors('zh', ERROR_DOCUMENT)],
  ['docs/operations.md', () => renderOperations(operationTests())],
  ['docs/s3-policies.md', renderS3Policies],
];

for (const [path, render] of documents) {
  writeFileSync(path, render());
  console.log(path);
}
