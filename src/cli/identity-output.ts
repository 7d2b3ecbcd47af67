/** How the commands about identities print: tables for people, `--json` for scripts. */

export interface Column {
  readonly title: string;
  readonly field: string;
}

export type Shown = Readonly<Record<string, unknown>>;

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** @param none what is printed where there are no rows */
export function tableText(columns: readonly Column[], rows: readonly Shown[], none: string): string {
  if (rows.length === 0) return `${none}\n`;
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ field }) => cell(row[field])))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** One entry, a line a field. */
export function entryText(columns: readonly Column[], entry: Shown): string {
  const width = Math.max(...columns.map(({ title }) => title.length));
  return columns.map(({ title, field }) => `${title.padEnd(width)}  ${cell(entry[field])}\n`).join('');
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(',');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  // Texts come from people: nothing in them may steer a terminal.
  return String(value).replace(/\p{Cc}/gu, '?');
}
