/** docs/operations.md, made from the declarations. */
import { COMMON_ERRORS } from './operation.ts';
import { FOREIGN_SUBRESOURCES, MEDIA_PREFIXES, PENDING } from './pending.ts';
import { OPERATIONS } from './registry.ts';

/** @param tests name of an operation → paths of its end-to-end tests, relative to the repository */
export function renderOperations(tests: ReadonlyMap<string, readonly string[]>): string {
  const built = OPERATIONS.map((operation) => {
    const { name, method, level, subresource, variant, action, success, errors } = operation;
    const path = level === 'object' ? '/&lt;key&gt;' : '/';
    const query = subresource === undefined ? '' : `?${subresource}`;
    const note = variant === undefined ? '' : ` (${variant})`;
    const codes = [...new Set(errors)].sort().join(', ');
    const files = (tests.get(name) ?? []).map((file) => `\`${file}\``).join(', ');
    const request = `\`${method}\` ${path}${query}${note}`;
    return `| ${name} | ${request} | \`${action}\` | ${success.join(', ')} | ${codes} | ${files} |`;
  });
  const pending = PENDING.map(
    ({ name, method, level, subresource }) =>
      `| ${name} | \`${method}\` ${level === 'object' ? '/&lt;key&gt;' : '/'}${subresource === undefined ? '' : `?${subresource}`} |`,
  );
  return `# Operations

This file is made from the declarations in \`src/operations\` and the names of the tests by \`npm run docs\`.

## Built

${OPERATIONS.length} operations. Each can also answer the common errors: ${[...COMMON_ERRORS].sort().join(', ')}.

| operation | request | action | success | errors | tests |
| --- | --- | --- | --- | --- | --- |
${built.join('\n')}

## Not built

These answer \`NotImplemented\` (501), and change nothing.

| operation | request |
| --- | --- |
${pending.join('\n')}

So do the query names ${[...FOREIGN_SUBRESOURCES, ...MEDIA_PREFIXES.map((prefix) => `${prefix}…`)].map((name) => `\`${name}\``).join(', ')}.
`;
}
