/** What the proof prints. */
import { SERVICE_ROWS } from '../src/errors/service-rows.ts';
import { elementsOf, type Outcome } from './prove.ts';
import type { Ask, ProofRow } from './row.ts';
import { UNREACHABLE } from './unreachable.ts';
import { hostOf } from './wire.ts';

const NOT_EMITTED = 'Not emitted: ';

/** A request in one line. */
export function lineOf(request: Ask): string {
  const { method, target, headers = {}, body, form, s3, sign, announced } = request;
  const parts = [method, target];
  if (request.bucket ?? request.region ?? request.host) parts.push(`Host: ${hostOf(request) || '(none)'}`);
  if (request.host === '') parts.push('without Host');
  for (const [name, value] of Object.entries(headers)) parts.push(`${name}: ${value}`);
  if (s3 !== undefined)
    parts.push(s3 === false ? 'as S3' : `signed for S3 ${Object.entries(s3).flat().join(' ')}`.trim());
  if (sign === false) parts.push('unsigned');
  else if (sign !== undefined) parts.push(`signed with ${Object.entries(sign).flat().join(' ')}`);
  if (announced !== undefined) parts.push(`announced ${announced} bytes`);
  if (form !== undefined) parts.push(`form of ${form.map(([name]) => name).join(', ')}`);
  if (typeof body === 'number') parts.push(`${body} bytes`);
  else if (body !== undefined && body !== '') parts.push(body.length > 60 ? `${body.slice(0, 57)}…` : body);
  return parts.join(' ').replaceAll('\r', '\\r').replaceAll('\n', '\\n').slice(0, 160);
}

export function printOutcomes(title: string, outcomes: readonly Outcome[]): void {
  console.log(`\n# ${title}\n`);
  console.log('| # | code | status | condition | request | seen | elements | |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const [at, outcome] of outcomes.entries()) console.log(outcomeLine(at + 1, outcome));
  const passed = outcomes.filter((outcome) => outcome.passed).length;
  console.log(`\n${passed} of ${outcomes.length}`);
  console.log('All requests have error documents; the answer to a HEAD has none, only status and headers.');
}

function outcomeLine(n: number, { row, code, status, elements, passed, trouble }: Outcome): string {
  const settings = row.settings === undefined ? '' : ` [${row.settings.join(' ')}]`;
  const all = elements.length === elementsOf(row).length ? 'all 5' : elements.join(' ') || 'none';
  const seen = trouble === undefined ? `${status} ${code}` : trouble.replace(/\s+/g, ' ').slice(0, 300);
  const cells = [n, row.code, row.status, row.condition.en + settings, lineOf(row.request), seen, all];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} | ${passed ? 'pass' : 'FAIL'} |`;
}

/** Codes that the proof does not provoke. @returns whether each has a reason */
export function printUnreachable(proved: readonly ProofRow[]): boolean {
  console.log('\n# Codes of the service that nothing provokes here\n');
  const have = new Set(proved.map(({ code, status }) => `${code} ${status}`));
  let unexplained = 0;
  for (const { code, status, when } of SERVICE_ROWS) {
    if (have.has(`${code} ${status}`)) continue;
    const reason = when.startsWith(NOT_EMITTED)
      ? 'known to clients; this server never sends it'
      : (UNREACHABLE.get(code)?.en ?? undefined);
    if (reason === undefined) unexplained += 1;
    console.log(`- ${code} ${status}: ${reason ?? 'NO REASON'}`);
  }
  console.log(`\n${unexplained} without a reason`);
  return unexplained === 0;
}
