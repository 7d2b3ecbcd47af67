/** What the commands about identities do; each returns the text to print. A SecretKey is in that of `createKey` alone. */
import { readFileSync } from 'node:fs';
import type { ServerConfig } from '../platform/config/index.ts';
import { type Call, callAdmin, type Endpoint, endpointOf, listAll } from './admin-client.ts';
import { AdminClientError } from './admin-client-error.ts';
import { KINDS, type Kind } from './identity-kinds.ts';
import { entryText, jsonText, type Shown, tableText } from './identity-output.ts';

/** Options that all of these commands have. */
export interface CommonFlags {
  /** UIN, APPID or name of the account it is about; default: the key's own. */
  readonly account?: string;
  readonly readyFile?: string;
  readonly json?: true;
}

export interface Session {
  readonly endpoint: Endpoint;
  readonly account: string | undefined;
  readonly json: boolean;
}

/** @throws AdminClientError, ConfigError, KeyFileError */
export async function openSession(config: ServerConfig, flags: CommonFlags): Promise<Session> {
  const endpoint = await endpointOf(config, flags.readyFile);
  return { endpoint, account: flags.account, json: flags.json === true };
}

function call(session: Session, method: Call['method'], path: readonly string[], body?: Call['body']) {
  const query = { account: session.account };
  return callAdmin(session.endpoint, { method, path, query, ...(body === undefined ? {} : { body }) });
}

/** @param query besides the account */
export async function list(session: Session, kind: Kind, query: Call['query'] = {}): Promise<string> {
  const rows = await listAll(session.endpoint, [kind.plural], kind.plural, { account: session.account, ...query });
  if (session.json) return jsonText(rows);
  return tableText(kind.columns, rows, `No ${kind.plural}: cosette ${kind.name} create makes one.`);
}

export async function show(session: Session, kind: Kind, id: string): Promise<string> {
  return one(session, kind, (await call(session, 'GET', [kind.plural, id])) as Shown);
}

export async function create(session: Session, kind: Kind, body: Shown): Promise<string> {
  return one(session, kind, (await call(session, 'POST', [kind.plural], body)) as Shown);
}

export async function change(session: Session, kind: Kind, id: string, body: Shown): Promise<string> {
  return one(session, kind, (await call(session, 'PUT', [kind.plural, id], body)) as Shown);
}

export async function remove(session: Session, kind: Kind, id: string): Promise<string> {
  await call(session, 'DELETE', [kind.plural, id]);
  return done(session, `${kind.name} ${id} deleted`);
}

export async function attach(
  session: Session,
  kind: Kind,
  holder: string,
  policy: string,
  attached: boolean,
): Promise<string> {
  await call(session, attached ? 'PUT' : 'DELETE', [kind.plural, holder, 'policies', policy]);
  return done(session, `policy ${policy} ${attached ? 'attached to' : 'no longer attached to'} ${kind.name} ${holder}`);
}

export async function setMember(session: Session, group: string, user: string, member: boolean): Promise<string> {
  await call(session, member ? 'PUT' : 'DELETE', ['groups', group, 'members', user]);
  return done(session, `user ${user} ${member ? 'is in' : 'is no longer in'} group ${group}`);
}

export async function listMembers(session: Session, group: string): Promise<string> {
  const rows = await listAll(session.endpoint, ['groups', group, 'members'], 'members', { account: session.account });
  if (session.json) return jsonText(rows);
  return tableText(KINDS.user.columns.slice(0, 2), rows, `Group ${group} has no members.`);
}

/** The text as it was given, for a file. */
export async function showPolicy(session: Session, name: string): Promise<string> {
  const policy = (await call(session, 'GET', ['policies', name])) as { text: string };
  if (session.json) return jsonText(policy);
  return policy.text.endsWith('\n') ? policy.text : `${policy.text}\n`;
}

/** @param file `-` for standard input */
export async function putPolicy(session: Session, name: string, file: string, replace: boolean): Promise<string> {
  const text = readFileSync(file === '-' ? 0 : file, 'utf8');
  if (text.trim() === '') throw new AdminClientError(`${file} is empty: a policy is JSON`);
  if (replace) await call(session, 'PUT', ['policies', name], { text });
  else await call(session, 'POST', ['policies'], { name, text });
  return done(session, `policy ${name} ${replace ? 'stored' : 'created'}`);
}

/** Prints the pair: nothing can show its SecretKey again. */
export async function createKey(session: Session, user: string | undefined): Promise<string> {
  const key = (await call(session, 'POST', ['keys'], user === undefined ? {} : { user })) as Record<string, string>;
  if (session.json) return jsonText(key);
  return `COSETTE_SECRET_ID=${key['secretId']}\nCOSETTE_SECRET_KEY=${key['secretKey']}\n`;
}

function one(session: Session, { columns }: Kind, entry: Shown): string {
  return session.json ? jsonText(entry) : entryText(columns, entry);
}

function done(session: Session, text: string): string {
  return session.json ? jsonText({}) : `${text}\n`;
}

export { KINDS };
