/**
 * A second reading of the rules of AWS policies, for tests: slow, over the raw JSON, and without a line in common with the
 * module. Tests hold both against each other.
 */
import type { SignedWho, Who } from '../fixture.ts';

export interface AwsScenario {
  readonly who: Who;
  /** Of COS, without prefix. */
  readonly actions: readonly string[];
  readonly keys: readonly string[];
  readonly facts: Readonly<Record<string, readonly string[]>>;
  /** The policy of the bucket as parsed JSON. */
  readonly policy: { readonly Version: string; readonly Statement: unknown };
}

/** The bucket that scenarios are about. */
export const SITE = {
  name: 'demo',
  appid: '1250000000',
  ownerUin: '100000000001',
  region: 'ap-guangzhou',
} as const;

/** biome-ignore lint/suspicious/noExplicitAny: the reference reads JSON as it comes */
type Json = any;

const listOf = (value: Json): Json[] => (Array.isArray(value) ? value : [value]);

/** What the policy alone makes of the request; no ACL, no policies of users. */
export function referenceVerdict(s: AwsScenario): 'allow' | 'deny' | 'undecided' {
  const { who } = s;
  const applying = listOf(s.policy.Statement).filter((statement) => applies(statement, s));
  const some = (effect: string, named: (principal: Json) => boolean) =>
    applying.some((statement) => statement.Effect === effect && named(statement.Principal));
  const everybody = (principal: Json) => principalsOf(principal).includes('*');
  if (who === 'anonymous') return some('Deny', everybody) ? 'deny' : some('Allow', everybody) ? 'allow' : 'undecided';
  const home = who.ownerUin === SITE.ownerUin;
  const root = home && who.kind === 'root';
  const untouchable = root && s.actions.every((action) => /^(?:Get|Put|Delete)BucketPolicy$/.test(action));
  const hit = (principal: Json) => everybody(principal) || namesItself(principal, who) || namesAccount(principal, who);
  if (!untouchable && some('Deny', hit)) return 'deny';
  if (root) return 'allow';
  const meant = (principal: Json) => namesItself(principal, who) || (!home && namesAccount(principal, who));
  // Users and roles of other accounts need policies of their own, and have none here.
  if ((home || who.kind === 'root') && some('Allow', meant)) return 'allow';
  if (some('Deny', everybody)) return 'deny';
  return some('Allow', everybody) ? 'allow' : 'undecided';
}

function principalsOf(principal: Json): string[] {
  if (principal === '*') return ['*'];
  return [...listOf(principal.AWS ?? []), ...listOf(principal.CanonicalUser ?? [])];
}

function namesItself(principal: Json, who: SignedWho): boolean {
  return principalsOf(principal).some((text) =>
    [who.ownerUin, who.appid].some((account) => {
      const canonical = `qcs::cam::uin/${who.ownerUin}:uin/${who.uin}`;
      if (who.kind === 'root') return [account, `arn:aws:iam::${account}:root`, canonical].includes(text);
      if (who.kind === 'user') return [`arn:aws:iam::${account}:user/${who.name}`, canonical].includes(text);
      return text === `arn:aws:iam::${account}:role/${who.name}`;
    }),
  );
}

function namesAccount(principal: Json, who: SignedWho): boolean {
  return namesItself(principal, { ...who, kind: 'root', uin: who.ownerUin, name: '' });
}

export function applies(statement: Json, s: AwsScenario): boolean {
  const actionFound = listOf(statement.Action ?? statement.NotAction).some((text) => actionNamed(text, s));
  if (actionFound !== (statement.NotAction === undefined)) return false;
  const resourceFound = listOf(statement.Resource ?? statement.NotResource).some((text) => resourceNamed(text, s));
  if (resourceFound !== (statement.NotResource === undefined)) return false;
  return Object.entries<Json>(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries<Json>(keys).every(([key, operands]) =>
      conditionHolds(operator, key, listOf(operands).map(String), statement.Effect, s),
    ),
  );
}

/** As AWS describes them, of the actions that scenarios use: without a version and with one. */
const NAMES: Readonly<Record<string, readonly [string, string]>> = {
  GetObject: ['GetObject', 'GetObjectVersion'],
  HeadObject: ['GetObject', 'GetObjectVersion'],
  PutObject: ['PutObject', 'PutObject'],
  UploadPart: ['PutObject', 'PutObject'],
  DeleteObject: ['DeleteObject', 'DeleteObjectVersion'],
  GetBucket: ['ListBucket', 'ListBucket'],
  HeadBucket: ['ListBucket', 'ListBucket'],
  PutBucketPolicy: ['PutBucketPolicy', 'PutBucketPolicy'],
  PutObjectTagging: ['PutObjectTagging', 'PutObjectVersionTagging'],
};

function actionNamed(text: string, s: AwsScenario): boolean {
  if (text === '*' || text === 's3:*') return true;
  const version = (s.facts['cos:versionid'] ?? []).length > 0 ? 1 : 0;
  return s.actions.some((action) => {
    const name = NAMES[action]?.[version];
    return name !== undefined && like(text.toLowerCase(), `s3:${name.toLowerCase()}`, s);
  });
}

function resourceNamed(text: string, s: AwsScenario): boolean {
  if (text === '*') return true;
  const path = text.split(':').slice(5).join(':');
  return [SITE.name, `${SITE.name}-${SITE.appid}`].some((bucket) =>
    s.keys.includes('') ? like(path, bucket, s) : s.keys.some((key) => like(path, `${bucket}/${key}`, s)),
  );
}

const ANY = Symbol('any');
const ONE = Symbol('one');
type Token = string | typeof ANY | typeof ONE;

/** Wildcards by a table: cell (i, j) says whether the first i tokens cover the first j characters. */
function like(pattern: string, text: string, s: AwsScenario): boolean {
  const tokens = tokensOf(pattern, true, s);
  if (tokens === undefined) return false;
  const units = text.split('');
  let row: boolean[] = [true, ...units.map(() => false)];
  for (const token of tokens) {
    const next: boolean[] = [token === ANY && row[0]!];
    for (let j = 1; j <= units.length; j++) {
      next[j] = token === ANY ? next[j - 1]! || row[j]! : row[j - 1]! && (token === ONE || token === units[j - 1]);
    }
    row = next;
  }
  return row[units.length]!;
}

function tokensOf(pattern: string, wild: boolean, s: AwsScenario): Token[] | undefined {
  const tokens: Token[] = [];
  let rest = pattern;
  while (rest !== '') {
    const close = rest.indexOf('}');
    if (rest.startsWith('${') && close > 0 && s.policy.Version === '2012-10-17') {
      const [name, otherwise] = rest.slice(2, close).split(', ');
      rest = rest.slice(close + 1);
      if (['*', '?', '$'].includes(name!)) tokens.push(name!);
      else {
        const value = valuesOf(name!, s)[0] ?? otherwise?.replaceAll("'", '');
        if (value === undefined) return undefined;
        tokens.push(...value.split(''));
      }
      continue;
    }
    const sign = rest.charAt(0);
    tokens.push(wild && sign === '*' ? ANY : wild && sign === '?' ? ONE : sign);
    rest = rest.slice(1);
  }
  return tokens;
}

/** Spellings of one value stand in one entry, apart by a line feed. */
function valuesOf(key: string, s: AwsScenario): string[] {
  const { who } = s;
  const signed = who === 'anonymous' ? undefined : who;
  const own = (name: string) => [...(s.facts[name] ?? [])];
  const slash = key.indexOf('/');
  if (slash > 0) return own(key.slice(0, slash).toLowerCase() + key.slice(slash));
  switch (key.toLowerCase()) {
    case 'aws:sourceip':
      return own('qcs:ip');
    case 'aws:securetransport':
      return own('cos:secure-transport');
    case 'aws:currenttime':
      return own('qcs:current_time');
    case 'aws:epochtime':
      return own('qcs:current_time').map((text) => String(Math.floor(new Date(text).getTime() / 1000)));
    case 's3:prefix':
      return own('cos:prefix');
    case 'aws:username':
      return signed?.kind === 'user' ? [signed.name] : [];
    case 'aws:userid':
      return signed === undefined ? [] : [signed.uin];
    case 'aws:principalarn': {
      if (signed === undefined) return [];
      const path = signed.kind === 'root' ? 'root' : `${signed.kind}/${signed.name}`;
      return [[signed.ownerUin, signed.appid].map((account) => `arn:aws:iam::${account}:${path}`).join('\n')];
    }
    case 'aws:sourcevpce':
      return [];
    default:
      return own(key.toLowerCase());
  }
}

function conditionHolds(written: string, key: string, operands: string[], effect: string, s: AwsScenario): boolean {
  const values = valuesOf(key, s);
  if (written === 'Null') return operands.some((text) => text === String(values.length === 0));
  let operator = written;
  const optional = operator.endsWith('IfExists');
  if (optional) operator = operator.slice(0, -'IfExists'.length);
  const [quantifier, plain] = operator.includes(':') ? operator.split(':') : [undefined, operator];
  const not = plain!.includes('Not');
  if (values.length === 0) return optional || quantifier === 'ForAllValues' || (not && quantifier === undefined);
  const base = plain!.replace('Not', '');
  const good = (value: string): boolean => {
    const results = value.split('\n').map((text) => operands.map((operand) => compare(base, text, operand, s)));
    if (results.flat().includes('incomparable')) return effect === 'Deny';
    return results.flat().includes('equal') !== not;
  };
  const every = quantifier === undefined ? not : quantifier === 'ForAllValues';
  return every ? values.every(good) : values.some(good);
}

type Comparison = 'equal' | 'different' | 'incomparable';

function compare(operator: string, value: string, operand: string, s: AwsScenario): Comparison {
  const told = (same: boolean): Comparison => (same ? 'equal' : 'different');
  const literal = () => tokensOf(operand, false, s)?.join('');
  const ordered = (read: (text: string) => number | undefined): Comparison => {
    const [a, b] = [read(value), read(operand)];
    if (a === undefined || b === undefined) return 'incomparable';
    const sign = a < b ? -1 : a > b ? 1 : 0;
    if (operator.endsWith('LessThan')) return told(sign < 0);
    if (operator.endsWith('LessThanEquals')) return told(sign <= 0);
    if (operator.endsWith('GreaterThan')) return told(sign > 0);
    if (operator.endsWith('GreaterThanEquals')) return told(sign >= 0);
    return told(sign === 0);
  };
  switch (operator) {
    case 'StringEquals':
      return told(value === literal());
    case 'StringEqualsIgnoreCase':
      return told(value.toLowerCase() === literal()?.toLowerCase());
    case 'StringLike':
      return told(like(operand, value, s));
    case 'ArnEquals':
    case 'ArnLike': {
      if (operand === '*') return told(true);
      const [a, b] = [value.split(':'), operand.split(':')];
      if (a.length < 6) return 'incomparable';
      return told(
        a.slice(0, 5).every((part, i) => like(b[i]!, part, s)) && like(b.slice(5).join(':'), a.slice(5).join(':'), s),
      );
    }
    case 'Bool':
      return told(value === operand.toLowerCase());
    case 'IpAddress': {
      const bits = (text: string) => text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
      const [network, length = '32'] = operand.split('/');
      const size = 2 ** (32 - Number(length));
      return told(Math.floor(bits(value) / size) === Math.floor(bits(network!) / size));
    }
    default:
      if (operator.startsWith('Numeric')) {
        return ordered((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined));
      }
      return ordered((text) => {
        const ms = /^\d+$/.test(text) ? Number(text) * 1000 : new Date(text).getTime();
        return Number.isNaN(ms) ? undefined : ms;
      });
  }
}
