/** docs/errors.md, made from the table. */
import type { ErrorCode } from './codes.ts';
import { CURRENT } from './resolve.ts';
import type { ErrorRow } from './row.ts';
import { SEED_ROWS } from './seed-rows.ts';
import { SERVICE_ROWS } from './service-rows.ts';

const HEAD = `# Errors

<!-- Generated from src/errors by \`npm run docs\`. Do not edit. -->

Every code with its status in the two profiles of \`errors.profile\`, the text that goes with it unless the place that
raises the error has a better one, and the condition that raises it. \`seed\` (the default) follows the page that the
project was created from; \`current\` follows the live service. A dash means: as \`seed\`.

\`InternalError\` goes on the wire for the seed's \`InternalErrror\` too, since clients compare that spelling;
\`errors.literalSeedCodes\` sends the seed's.
`;

/** Begins the condition of a code that this server knows and never sends. */
const NOT_EMITTED = 'Not emitted: ';

export function renderErrors(): string {
  const sent = SERVICE_ROWS.filter(({ when }) => !when.startsWith(NOT_EMITTED));
  const known = SERVICE_ROWS.filter(({ when }) => when.startsWith(NOT_EMITTED));
  return [
    HEAD,
    section('The codes of the seed page', SEED_ROWS),
    section('Further codes of the service', sent),
    section('Codes that clients know and this server never sends', known),
  ].join('\n');
}

function section(title: string, rows: readonly ErrorRow[]): string {
  let out = `## ${title}\n\n| code | seed | current | message | when |\n| --- | --- | --- | --- | --- |\n`;
  for (const { code, status, message, when } of rows) {
    const condition = when.startsWith(NOT_EMITTED) ? when.slice(NOT_EMITTED.length) : when;
    out += `| \`${code}\` | ${status} | ${currentOf(code as ErrorCode)} | ${cell(message)} | ${cell(condition)} |\n`;
  }
  return out;
}

function currentOf(code: ErrorCode): string {
  const other = CURRENT[code];
  if (other === undefined) return '–';
  return other.code === undefined ? `${other.status}` : `\`${other.code}\``;
}

/** Text inside a table of Markdown. */
function cell(text: string): string {
  return text
    .replace(/[|*_\\]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
