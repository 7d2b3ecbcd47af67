/** docs/operations.md, made from the declarations. */
import { COMMON_ERRORS } from './operation.ts';
import { FOREIGN_SUBRESOURCES, MEDIA_PREFIXES, PENDING } from './pending.ts';
import { OPERATIONS } from './registry.ts';

export function renderOperations(): string {
  const built = OPERATIONS.map((operation) => {
    const { name, method, level, subresource, variant, action, success, errors } = operation;
    const path = level === 'object' ? '/&lt;key&gt;' : '/';
    const query = subresource === undefined ? '' : `?${subresource}`;
    const note = variant === undefined ? '' : ` (${variant})`;
    const codes = [...errors].sort().join(', ');
    return `| ${name} | \`${method}\` ${path}${query}${note} | \`${action}\` | ${success.join(', ')} | ${codes} |`;
  });
  const pending = PENDING.map(
    ({ name, method, level, subresource }) =>
      `| ${name} | \`${method}\` ${level === 'object' ? '/&lt;key&gt;' : '/'}${subresource === undefined ? '' : `?${subresource}`} |`,
  );
  return `# Operations

This file is made from the declarations in \`src/operations\` by \`npm run docs\`.

## Built

${OPERATIONS.length} operations. Each can also answer the common errors: ${[...COMMON_ERRORS].sort().join(', ')}.

| operation | request | action | success | errors |
| --- | --- | --- | --- | --- |
${built.join('\n')}

## Not built

These answer \`NotImplemented\` (501), and change nothing.

| operation | request |
| --- | --- |
${pending.join('\n')}

So do the query names ${[...FOREIGN_SUBRESOURCES, ...MEDIA_PREFIXES.map((prefix) => `${prefix}…`)].map((name) => `\`${name}\``).join(', ')}.
`;
}
