/** docs/errors.md and its Chinese twin, made from the table and from what provokes its codes. */
import type { ErrorCode } from './codes.ts';
import { type Language, TEXTS } from './render-texts.ts';
import { CURRENT } from './resolve.ts';
import type { ErrorRow } from './row.ts';
import { SEED_ROWS } from './seed-rows.ts';
import { SERVICE_ROWS } from './service-rows.ts';

type Words = Readonly<Record<Language, string>>;

/** How a code is provoked, and what to do about it. */
export interface ErrorExample {
  readonly code: string;
  readonly status: number;
  readonly condition: Words;
  readonly handling: Words;
  /** Flags of the server. */
  readonly settings: readonly string[];
  /** Lines for a shell that come before the request; '' for none. */
  readonly setup: Words;
  /** Lines for a shell, or why there are none. */
  readonly curl: string | Words;
  /** Statements, or why there are none. */
  readonly javascript: string | Words;
}

export interface ErrorDocument {
  readonly examples: readonly ErrorExample[];
  readonly shellPrelude: string;
  readonly sdkPrelude: string;
  /** By code: why nothing provokes it. */
  readonly unreachable: ReadonlyMap<string, Words>;
}

/** Begins the condition of a code that this server knows and never sends. */
const NOT_EMITTED = 'Not emitted: ';

export function renderErrors(language: Language, document: ErrorDocument): string {
  const texts = TEXTS[language];
  const sent = SERVICE_ROWS.filter(({ when }) => !when.startsWith(NOT_EMITTED));
  const known = SERVICE_ROWS.filter(({ when }) => when.startsWith(NOT_EMITTED));
  const examples = new Map(document.examples.map((example) => [keyOf(example), example]));
  const table = (title: string, rows: readonly ErrorRow[]): string =>
    section(title, texts.tableHead, rows, (row) => conditionOf(row, language, examples.get(keyOf(row)), document));
  return [
    texts.head,
    table(texts.seed, SEED_ROWS),
    table(texts.service, sent),
    table(texts.known, known),
    `${texts.examples}\n${fence('sh', document.shellPrelude)}\n${fence('js', document.sdkPrelude)}`,
    ...[...SEED_ROWS, ...sent].flatMap((row) => {
      const example = examples.get(keyOf(row));
      return example === undefined ? [] : [exampleText(row, example, language)];
    }),
  ].join('\n');
}

const keyOf = ({ code, status }: { readonly code: string; readonly status: number }): string => `${code} ${status}`;

function section(title: string, head: string, rows: readonly ErrorRow[], condition: (row: ErrorRow) => string): string {
  let out = `## ${title}\n\n${head}\n| --- | --- | --- | --- | --- |\n`;
  for (const row of rows) {
    const { code, status, message } = row;
    out += `| \`${code}\` | ${status} | ${currentOf(code as ErrorCode)} | ${cell(message)} | ${cell(condition(row))} |\n`;
  }
  return out;
}

/** The table's own words are English; elsewhere the example or the reason tells, where there is one. */
function conditionOf(row: ErrorRow, language: Language, example: ErrorExample | undefined, document: ErrorDocument) {
  const { code, when } = row;
  const own = when.startsWith(NOT_EMITTED) ? when.slice(NOT_EMITTED.length) : when;
  if (language === 'en') return own;
  return example?.condition[language] ?? document.unreachable.get(code)?.[language] ?? own;
}

function exampleText(row: ErrorRow, example: ErrorExample, language: Language): string {
  const { text, cause, handling, settings, colon } = TEXTS[language];
  const { curl, javascript } = example;
  const item = (name: string, words: string) => `- **${name}**${colon}${words}\n`;
  const setup = example.setup[language];
  const flags = example.settings.length === 0 ? '' : item(settings, `\`${example.settings.join(' ')}\``);
  const shell = typeof curl === 'string' ? [setup, curl].filter((lines) => lines !== '').join('\n') : setup;
  return (
    `### \`${row.code}\` ${row.status}\n\n` +
    item(text, row.message) +
    item(cause, example.condition[language]) +
    item(handling, example.handling[language]) +
    flags +
    (typeof curl === 'string' ? '' : item('curl', curl[language])) +
    (typeof javascript === 'string' ? '' : item('Node SDK', javascript[language])) +
    (shell === '' ? '' : `\n${fence('sh', shell)}`) +
    (typeof javascript === 'string' ? `\n${fence('js', javascript)}` : '')
  );
}

const fence = (language: string, lines: string) => `\`\`\`${language}\n${lines}\n\`\`\`\n`;

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
