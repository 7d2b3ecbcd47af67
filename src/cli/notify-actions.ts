/** What the commands about event notifications ask of the server, and what they print. */
import { readFileSync } from 'node:fs';
import { callAdmin, type Endpoint } from './admin-client.ts';
import { AdminClientError } from './admin-client-error.ts';
import { type Column, jsonText, type Shown, tableText } from './identity-output.ts';

export interface NewRule {
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
  readonly url: string;
  /** `-` for standard input. */
  readonly secretFile?: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'RULE', field: 'id' },
  { title: 'EVENTS', field: 'events' },
  { title: 'PREFIX', field: 'prefix' },
  { title: 'SUFFIX', field: 'suffix' },
  { title: 'URL', field: 'url' },
  { title: 'DELIVERED', field: 'delivered' },
  { title: 'FAILURES', field: 'failures' },
  { title: 'LAST ERROR', field: 'lastError' },
];

const pathOf = (bucket: string, rule?: string) => [
  'buckets',
  bucket,
  'notifications',
  ...(rule === undefined ? [] : [rule]),
];

/** @throws AdminClientError */
export async function listNotifications(endpoint: Endpoint, bucket: string, json: boolean): Promise<string> {
  const { rules } = (await callAdmin(endpoint, { method: 'GET', path: pathOf(bucket) })) as { rules: readonly Shown[] };
  if (json) return jsonText(rules);
  const rows = rules.map((rule) => ({ ...rule, prefix: rule['prefix'] || '-', suffix: rule['suffix'] || '-' }));
  return tableText(COLUMNS, rows, `Nobody is told of changes in ${bucket}: cosette notify add says whom to tell.`);
}

/** Prints the secret where the server made it: nothing can show it again. @throws AdminClientError */
export async function addNotification(
  endpoint: Endpoint,
  bucket: string,
  rule: string,
  { secretFile, events, prefix, suffix, url }: NewRule,
  json: boolean,
): Promise<string> {
  const secret = secretFile === undefined ? undefined : readSecret(secretFile);
  const body = { events, prefix, suffix, url, secret };
  const made = (await callAdmin(endpoint, { method: 'PUT', path: pathOf(bucket, rule), body })) as Shown;
  if (json) return jsonText(made);
  const told = `rule ${rule} set: changes in ${bucket} are told to ${url}\n`;
  return made['secret'] === undefined ? told : `${told}secret: ${made['secret']}\n`;
}

/** @throws AdminClientError */
export async function removeNotification(
  endpoint: Endpoint,
  bucket: string,
  rule: string,
  json: boolean,
): Promise<string> {
  await callAdmin(endpoint, { method: 'DELETE', path: pathOf(bucket, rule) });
  return json ? jsonText({}) : `rule ${rule} removed\n`;
}

function readSecret(file: string): string {
  const secret = readFileSync(file === '-' ? 0 : file, 'utf8').replace(/\r?\n$/, '');
  if (secret === '') throw new AdminClientError(`${file} is empty`);
  return secret;
}
