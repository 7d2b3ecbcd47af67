/** What the commands about fault rules ask of the server, and what they print. */
import type { FaultEffect, FaultMatch, FaultWhen } from '../features/faults/rule.ts';
import { FaultRuleError } from '../features/faults/rule.ts';
import { effectsOf, WORDS } from '../features/faults/words.ts';
import { AdminClientError, callAdmin, type Endpoint } from './admin-client.ts';
import { type Column, jsonText, type Shown, tableText } from './identity-output.ts';

/** As commander gives them. */
export interface FaultFlags {
  readonly readyFile?: string;
  readonly json?: true;
  readonly error?: string;
  readonly status?: string;
  readonly at?: string;
  readonly reset?: string;
  readonly delay?: string;
  readonly bandwidth?: string;
  readonly truncate?: string;
  readonly wrongCrc?: true;
  readonly staleList?: string;
  readonly set?: string;
  readonly operation?: readonly string[];
  readonly bucket?: string;
  readonly key?: string;
  readonly signer?: string;
  readonly header?: string;
  readonly percent?: string;
  readonly seed?: string;
  readonly first?: string;
  readonly every?: string;
  readonly count?: string;
  readonly id?: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'RULE', field: 'id' },
  { title: 'EFFECT', field: 'effect' },
  { title: 'MATCH', field: 'match' },
  { title: 'WHEN', field: 'when' },
  { title: 'MATCHED', field: 'matched' },
  { title: 'FIRED', field: 'fired' },
];

/** @throws AdminClientError */
export async function addFault(endpoint: Endpoint, flags: FaultFlags): Promise<string> {
  const rule = (await callAdmin(endpoint, { method: 'POST', path: ['faults'], body: ruleOf(flags) })) as Shown;
  return flags.json === true ? jsonText(rule) : `rule ${rule['id']}: ${effectText(rule)} ${matchText(rule)}\n`;
}

/** @throws AdminClientError */
export async function listFaults(endpoint: Endpoint, json: boolean): Promise<string> {
  const answer = (await callAdmin(endpoint, { method: 'GET', path: ['faults'] })) as Shown;
  const faults = answer['faults'] as readonly Shown[];
  if (json) return jsonText(faults);
  if (answer['enabled'] !== true)
    return 'There are fault rules only where the server was started with --faults-rules.\n';
  return faultsText(faults);
}

/** @param id '' for all @throws AdminClientError also where there is no such rule */
export async function clearFaults(endpoint: Endpoint, id: string, json: boolean): Promise<string> {
  const path = id === '' ? ['faults'] : ['faults', id];
  const answer = (await callAdmin(endpoint, { method: 'DELETE', path })) as Shown;
  return json ? jsonText(answer) : `rules removed: ${answer['cleared']}\n`;
}

export function faultsText(faults: readonly Shown[]): string {
  const rows = faults.map((rule) => ({
    ...rule,
    effect: effectText(rule),
    match: matchText(rule),
    when: pairsText(rule['when']) || undefined,
  }));
  return tableText(COLUMNS, rows, 'There are no fault rules.');
}

/** @returns what is sent to the server, which checks it @throws AdminClientError */
export function ruleOf(flags: FaultFlags): Record<string, unknown> {
  const { id, set } = flags;
  const match = matchOf(flags);
  const when = whenOf(flags);
  const effects = effectsOfFlags(flags);
  const common = {
    ...(id === undefined ? {} : { id }),
    ...(Object.keys(match).length === 0 ? {} : { match }),
    ...(Object.keys(when).length === 0 ? {} : { when }),
  };
  if (set !== undefined) {
    if (effects.length > 0) throw new AdminClientError('--set has its own effects: leave the others out');
    return { ...common, set };
  }
  const [effect] = effects;
  if (effect === undefined || effects.length > 1) {
    throw new AdminClientError(
      'a rule has one effect: --error, --reset, --delay, --bandwidth, --truncate, --wrong-crc or --stale-list, or --set',
    );
  }
  return { ...common, effect };
}

function effectsOfFlags(flags: FaultFlags): FaultEffect[] {
  const words = new Map<string, string>();
  for (const word of WORDS) {
    const flag = word.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()) as keyof FaultFlags;
    const value = flags[flag];
    if (value !== undefined) words.set(word, value === true ? '' : String(value));
  }
  try {
    return effectsOf(words);
  } catch (error) {
    if (error instanceof FaultRuleError) throw new AdminClientError(error.message);
    throw error;
  }
}

function matchOf({ operation, bucket, key, signer, header }: FaultFlags): FaultMatch {
  return {
    ...(operation === undefined ? {} : { operations: operation }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { keyPattern: key }),
    ...(signer === undefined ? {} : /^\d+$/.test(signer) ? { uin: signer } : { secretId: signer }),
    ...(header === undefined ? {} : { header: headerOf(header) }),
  };
}

function headerOf(text: string): { name: string; value?: string } {
  const at = text.indexOf(':');
  return at < 0 ? { name: text.trim() } : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

function whenOf(flags: FaultFlags): FaultWhen {
  const when: Record<string, number> = {};
  for (const name of ['percent', 'seed', 'first', 'every', 'count'] as const) {
    const text = flags[name];
    if (text === undefined) continue;
    if (!/^\d{1,10}(?:\.\d{1,6})?$/.test(text)) throw new AdminClientError(`--${name} is a number, not ${text}`);
    when[name] = Number(text);
  }
  return when;
}

function effectText({ effect, set }: Shown): string {
  return typeof set === 'string' ? `set=${set}` : pairsText(effect);
}

function matchText({ match }: Shown): string {
  return pairsText(match) || 'all requests';
}

function pairsText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(
      ([name, one]) =>
        `${name}=${typeof one === 'object' ? Object.values(one).join(Array.isArray(one) ? ',' : ':') : one}`,
    )
    .join(' ');
}
