/**
 * A second reading of spec/access.md §4, §5 and §7, for tests: slow, over the raw JSON, and without a line in common
 * with the module. Tests hold both against each other.
 */
export interface SignedWho {
  readonly kind: 'root' | 'user' | 'role';
  readonly ownerUin: string;
  readonly appid: string;
  readonly uin: string;
  readonly name: string;
}
export type Who = 'anonymous' | SignedWho;
export type Verdict = 'allow' | 'deny' | 'undecided';

export interface Scenario {
  readonly who: Who;
  readonly actions: readonly string[];
  readonly appid: string;
  readonly ownerUin: string;
  readonly region: string | undefined;
  readonly bucket: string | undefined;
  readonly keys: readonly string[];
  readonly facts: Readonly<Record<string, readonly string[]>>;
  /** Policies as parsed JSON. */
  readonly bucketPolicy: unknown;
  readonly policies: readonly unknown[];
  readonly session: unknown;
  readonly acl: readonly { readonly grantee: string; readonly permission: string }[];
  readonly aclPermission: string | undefined;
}

/** biome-ignore lint/suspicious/noExplicitAny: the reference reads JSON as it comes */
type Json = any;

interface Read {
  readonly effect: 'allow' | 'deny';
  readonly applies: boolean;
  readonly principals: readonly string[];
}

export function referenceVerdict(s: Scenario): Verdict {
  const statements = (document: Json, appid: string): Read[] =>
    document === undefined ? [] : readAll(document, s, appid).filter((read) => read.applies);
  const bucket = statements(s.bucketPolicy, s.appid);
  const everyone = (): Verdict => {
    const open = bucket.filter((read) => read.principals.some(isEveryone));
    if (open.some((read) => read.effect === 'deny')) return 'deny';
    if (open.some((read) => read.effect === 'allow')) return 'allow';
    return granted(s, ['all']) ? 'allow' : 'undecided';
  };
  if (s.who === 'anonymous') return everyone();
  const who = s.who;
  const home = who.ownerUin === s.ownerUin;
  const mine = s.policies.flatMap((document) => statements(document, who.appid));
  const session = s.session === undefined ? undefined : statements(s.session, who.appid);
  const toMe = bucket.filter((read) => read.principals.some((text) => isNamed(text, who, !home)));

  const unlocks = s.actions.every((action) => /^(Put|Get|Delete)BucketPolicy$/.test(action));
  const denies = [...mine, ...(session ?? []), ...(home && who.kind === 'root' && unlocks ? [] : toMe)];
  if (denies.some((read) => read.effect === 'deny')) return 'deny';

  if (session === undefined || session.some((read) => read.effect === 'allow')) {
    const byMe = mine.some((read) => read.effect === 'allow');
    const root = `qcs::cam::uin/${who.ownerUin}:uin/${who.ownerUin}`;
    const ids = [`qcs::cam::uin/${who.ownerUin}:uin/${who.uin}`].filter(() => who.kind !== 'role');
    const byOwner =
      toMe.some((read) => read.effect === 'allow') || granted(s, ['authenticated', ...ids, ...(home ? [] : [root])]);
    if (home && (who.kind === 'root' || byMe || byOwner)) return 'allow';
    if (!home && byOwner && (who.kind === 'root' || byMe)) return 'allow';
  }
  return everyone();
}

function granted(s: Scenario, grantees: readonly string[]): boolean {
  if (s.aclPermission === undefined) return false;
  return s.acl.some((g) => grantees.includes(g.grantee) && ['FULL_CONTROL', s.aclPermission].includes(g.permission));
}

/** The value under a name whose first letter may be a capital. */
function pick(object: Json, name: string): Json {
  for (const [key, value] of Object.entries(object)) {
    if (key.charAt(0).toLowerCase() + key.slice(1) === name) return value;
  }
  return undefined;
}

const listOf = (value: Json): Json[] => (Array.isArray(value) ? value : [value]);

function readAll(document: Json, s: Scenario, appid: string): Read[] {
  return listOf(pick(document, 'statement')).map((statement) => {
    const effect = pick(statement, 'effect').toLowerCase();
    const principal = pick(statement, 'principal') ?? pick(document, 'principal');
    const named = typeof principal === 'object' && !Array.isArray(principal) ? pick(principal, 'qcs') : principal;
    return {
      effect,
      principals: named === undefined ? [] : listOf(named).map((text) => text.split(/\s/).join('')),
      applies:
        listOf(pick(statement, 'action')).some((text) => actionApplies(text, s)) &&
        listOf(pick(statement, 'resource')).some((text) => resourceApplies(text, s, appid)) &&
        conditionsHold(pick(statement, 'condition') ?? {}, s, effect),
    };
  });
}

function isEveryone(text: string): boolean {
  return text === '*' || text === 'qcs::cam::anyone:anyone' || text === 'qcs::cam::anonymous:anonymous';
}

function isNamed(text: string, who: SignedWho, foreign: boolean): boolean {
  const account = `qcs::cam::uin/${who.ownerUin}:`;
  const forRoot = [`${account}root`, `${account}uin/${who.ownerUin}`];
  if (foreign && forRoot.includes(text)) return true;
  if (who.kind === 'root') return forRoot.includes(text);
  if (who.kind === 'user') return text === `${account}uin/${who.uin}` || text === `${account}uin/*`;
  return text === `${account}role/${who.uin}` || text === `${account}roleName/${who.name}`;
}

function actionApplies(pattern: string, s: Scenario): boolean {
  if (pattern === '*') return true;
  return s.actions.some((action) => like(pattern, `name/cos:${action}`) || like(pattern, `cos:${action}`));
}

function resourceApplies(text: string, s: Scenario, appid: string): boolean {
  if (text === '*') return true;
  if (s.bucket === undefined) return false;
  const fields = text.split(':');
  if (fields.length < 6 || fields[0] !== 'qcs') return false;
  const path = fields.slice(5).join(':');
  if (!like(fields[2]!, 'cos')) return false;
  if (fields[3] !== '' && !like(fields[3]!, s.region ?? '', s.who)) return false;
  const account = fields[4] === '' ? `uid/${appid}` : fields[4]!;
  if (![`uid/${s.appid}`, `uin/${s.ownerUin}`].some((owner) => like(account, owner, s.who))) return false;
  const texts = [path];
  const parts = path.split('/');
  if (path.startsWith('prefix//') && /^\d+$/.test(parts[2] ?? '') && (parts[3] ?? '') !== '') {
    const rest = parts.length > 4 ? parts.slice(4).join('/') : parts[3]!.endsWith('*') ? '*' : '';
    texts[0] = `${parts[3]}-${parts[2]}/${rest}`;
  }
  if (parts.length > 4 && parts[1] === '' && parts[0] === `${parts[3]}-${parts[2]}` && /^\d+$/.test(parts[2]!)) {
    texts.push(`${parts[0]}/${parts.slice(4).join('/')}`);
  }
  return texts.some((pattern) =>
    s.keys.some((key) => like(pattern, `${s.bucket}/${key}`, s.who) || (key === '' && like(pattern, s.bucket!, s.who))),
  );
}

/** Wildcards by a table: cell (i, j) says whether the first i tokens cover the first j characters. */
export function like(pattern: string, text: string, who: Who = 'anonymous'): boolean {
  const tokens = tokensOf(pattern, who);
  if (tokens === undefined) return false;
  const units = text.split('');
  let row: boolean[] = [true, ...units.map(() => false)];
  for (const token of tokens) {
    const next: boolean[] = [token === ANY && row[0]!];
    for (let j = 1; j <= units.length; j++) {
      next[j] = token === ANY ? next[j - 1]! || row[j]! : row[j - 1]! && token === units[j - 1];
    }
    row = next;
  }
  return row[units.length]!;
}

const ANY = Symbol('any');

function tokensOf(pattern: string, who: Who): (string | typeof ANY)[] | undefined {
  const tokens: (string | typeof ANY)[] = [];
  for (let i = 0; i < pattern.length; ) {
    const name = ['${uin}', '${owner_uin}', '${app_id}'].find((variable) => pattern.startsWith(variable, i));
    if (name === undefined) {
      tokens.push(pattern[i] === '*' ? ANY : pattern[i]!);
      i += 1;
      continue;
    }
    if (who === 'anonymous') return undefined;
    const value = name === '${uin}' ? who.uin : name === '${app_id}' ? who.appid : who.ownerUin;
    tokens.push(...value.split(''));
    i += name.length;
  }
  return tokens;
}

const KNOWN =
  /^(qcs:(ip|vpc|request_tag|resource_tag|current_time|uin|owner_uin|mfa)|vpc:requester_vpc|cos:(secure-transport|tls-version|x-cos-storage-class|x-cos-acl|content-length|content-type|versionid|prefix|response-content-type))$/;

function conditionsHold(condition: Json, s: Scenario, effect: string): boolean {
  for (const [operator, keys] of Object.entries<Json>(condition)) {
    for (const [key, operands] of Object.entries<Json>(keys)) {
      const name = key.split(/\s/).join('').toLowerCase();
      const texts = listOf(operands).map(String);
      if (!KNOWN.test(name) || !conditionHolds(operator.trim().toLowerCase(), name, texts, s, effect)) return false;
    }
  }
  return true;
}

function conditionHolds(written: string, key: string, operands: string[], s: Scenario, effect: string): boolean {
  const values = requestValues(key, s);
  if (written === 'null_equal') return operands.some((text) => text.toLowerCase() === String(values.length === 0));
  let operator = written;
  const optional = operator.endsWith('_if_exist');
  if (optional) operator = operator.slice(0, -'_if_exist'.length);
  if (values.length === 0) return optional;
  const not = operator.includes('_not_');
  let every = not;
  for (const quantifier of ['any', 'all']) {
    const prefix = `for_${quantifier}_value:`;
    if (operator.startsWith(prefix)) {
      operator = operator.slice(prefix.length);
      every = quantifier === 'all';
    }
  }
  const base = operator.replace('_not', '');
  const good = (value: string): boolean => {
    const spelled = ['cos:prefix', 'cos:versionid', 'cos:response-content-type'].includes(key)
      ? effect === 'allow'
        ? [encoded(value), value]
        : [encoded(value)]
      : [value];
    const results = spelled.flatMap((text) => operands.map((operand) => compare(base, text, operand, s.who)));
    if (results.includes('equal')) return !not;
    return results.includes('different') && not;
  };
  return every ? values.every(good) : values.some(good);
}

function requestValues(key: string, s: Scenario): readonly string[] {
  if (key === 'qcs:uin') return s.who === 'anonymous' ? [] : [s.who.uin];
  if (key === 'qcs:owner_uin') return s.who === 'anonymous' ? [] : [s.who.ownerUin];
  const values = s.facts[key] ?? [];
  return key === 'cos:versionid' ? values.filter((value) => value.length > 0) : values;
}

function encoded(text: string): string {
  let out = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    out += /[A-Za-z0-9._~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

type Comparison = 'equal' | 'different' | 'incomparable';

function compare(operator: string, value: string, operand: string, who: Who): Comparison {
  const told = (same: boolean): Comparison => (same ? 'equal' : 'different');
  const literal = (text: string) =>
    tokensOf(text, who)
      ?.map((token) => (token === ANY ? '*' : token))
      .join('');
  const ordered = (read: (text: string) => number | undefined): Comparison => {
    const [a, b] = [read(value), read(operand)];
    if (a === undefined || b === undefined) return 'incomparable';
    if (operator.endsWith('_less_than')) return told(a < b);
    if (operator.endsWith('_less_than_equal')) return told(a < b || a === b);
    if (operator.endsWith('_greater_than')) return told(a > b);
    if (operator.endsWith('_greater_than_equal')) return told(a > b || a === b);
    return told(a === b);
  };
  if (operator === 'string_equal') return told(value === literal(operand));
  if (operator === 'string_equal_ignore_case') return told(value.toLowerCase() === literal(operand)?.toLowerCase());
  if (operator === 'string_like') return told(like(operand, value, who));
  if (operator === 'binary_equal') return told(Buffer.from(value).toString('base64') === operand);
  if (operator === 'bool_equal') {
    const known = (text: string) => ['true', 'false'].includes(text.toLowerCase());
    return known(value) && known(operand) ? told(value.toLowerCase() === operand.toLowerCase()) : 'incomparable';
  }
  if (operator === 'ip_equal') {
    const [network, length] = operand.split('/');
    const [a, b] = [address(value), address(network!)];
    if (a === undefined || b === undefined) return 'incomparable';
    const bits = length === undefined ? 0 : (network!.includes(':') ? 128 : 32) - Number(length);
    return told(a >> BigInt(bits) === b >> BigInt(bits));
  }
  if (operator.startsWith('numeric_')) {
    return ordered((text) => (/^[+-]?\d+(\.\d+)?$/.test(text) ? Number.parseFloat(text) : undefined));
  }
  if (operator.startsWith('date_')) return ordered(instant);
  throw new Error(`unknown operator ${operator}`);
}

/** As 128 bits; IPv4 as its mapped form. */
function address(text: string): bigint | undefined {
  const four = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (four !== null) {
    const bytes = four.slice(1).map(Number);
    if (bytes.some((byte) => byte > 255)) return undefined;
    return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0xffffn);
  }
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return undefined;
  const groups = (part: string): string[] =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => {
          if (!group.includes('.')) return [group];
          const low = Number(address(group)! & 0xffffffffn);
          return [(low >>> 16).toString(16), (low & 0xffff).toString(16)];
        });
  const [head, tail] = text.split('::');
  const front = groups(head!);
  const back = groups(tail ?? '');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...zeros, ...back].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function instant(text: string): number | undefined {
  const m = /^(\d+)-(\d+)-(\d+)(?:T(\d+):(\d+)(?::(\d+)(\.\d+)?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/.exec(text);
  if (m === null) return undefined;
  const [year, month, day, hour, minute, second, fraction, , zoneHours, zoneMinutes] = m
    .slice(1)
    .map((part) => Number.parseFloat(part ?? '0') || 0);
  if (month! < 1 || month! > 12 || day! < 1 || day! > new Date(Date.UTC(year!, month!, 0)).getUTCDate())
    return undefined;
  const sign = m[8] === '-' ? -1 : 1;
  const zone = sign * (zoneHours! * 60 + zoneMinutes!) * 60_000;
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) + Math.floor(fraction! * 1000 + 1e-6) - zone;
}
