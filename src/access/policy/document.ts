/** The text of a policy → its elements, with the shape rules of spec/access.md §4; what they mean is decided elsewhere. */
import { PolicyError } from './error.ts';

export const POLICY_LIMITS = {
  /** bytes of text */
  textBytes: 20 * 1024,
  /** nested objects and lists */
  depth: 16,
  statements: 200,
  /** values of one element, or of one condition key */
  values: 1_000,
  /** pairs of operator and key in one statement */
  conditions: 200,
} as const;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface PolicyDocument {
  readonly top: JsonObject;
  readonly statements: readonly JsonObject[];
  /** For statements that have none of their own; undefined where the document has none. */
  readonly principal: unknown;
}

export interface ConditionSource {
  /** Lower case. */
  readonly operator: string;
  /** Lower case, without blanks. */
  readonly key: string;
  readonly values: readonly string[];
}

/** A condition on everything else than what is named would be lost if it were skipped like an unknown element. */
const NEGATED = ['notprincipal', 'notaction', 'notresource'];
const MARKS = ['sid', 'id'];
const PRINTABLE = /^[^\p{C}]{1,64}$/u;

/** The text as an object of bounded size and depth. @throws PolicyError */
export function readPolicyObject(text: string): JsonObject {
  if (Buffer.byteLength(text) > POLICY_LIMITS.textBytes) {
    throw new PolicyError(`The policy is longer than ${POLICY_LIMITS.textBytes} bytes.`);
  }
  let top: unknown;
  try {
    top = JSON.parse(text);
  } catch {
    throw new PolicyError('The policy is not JSON.');
  }
  if (!isObject(top)) throw new PolicyError('The policy is not a JSON object.');
  checkDepth(top);
  return top;
}

/** @throws PolicyError if the text is no policy of version 2.0 */
export function readDocument(text: string): PolicyDocument {
  const top = readPolicyObject(text);
  if (element(top, 'version', 'policy') !== '2.0') {
    throw new PolicyError('The version of a policy is "2.0", or the Version is "2012-10-17".');
  }
  const list = element(top, 'statement', 'policy');
  const statements: unknown[] = Array.isArray(list) ? list : [list];
  if (statements.length > POLICY_LIMITS.statements) {
    throw new PolicyError(`The policy has more than ${POLICY_LIMITS.statements} statements.`);
  }
  return { top, statements: statements.map(statementObject), principal: element(top, 'principal', 'policy') };
}

function statementObject(value: unknown, index: number): JsonObject {
  const where = `statement ${index + 1}`;
  if (!isObject(value)) throw new PolicyError(`${where} is not an object.`);
  for (const name of Object.keys(value)) {
    if (NEGATED.includes(name.toLowerCase().replace('_', ''))) throw new PolicyError(`${where}: ${name} is not known.`);
  }
  return value;
}

/**
 * An element of an object, whose first letter may be upper or lower case.
 * @throws PolicyError where both spellings stand
 */
export function element(object: JsonObject, name: string, where: string): unknown {
  const capital = name[0]!.toUpperCase() + name.slice(1);
  if (!Object.hasOwn(object, capital)) return Object.hasOwn(object, name) ? object[name] : undefined;
  if (Object.hasOwn(object, name)) throw new PolicyError(`${where}: ${name} is there twice.`);
  return object[capital];
}

export function readEffect(statement: JsonObject, where: string): 'allow' | 'deny' {
  const value = element(statement, 'effect', where);
  const effect = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (effect === 'allow' || effect === 'deny') return effect;
  throw new PolicyError(`${where}: effect is neither allow nor deny.`);
}

/** `Sid`, where it can be shown, or the position. */
export function readId(statement: JsonObject, index: number): string {
  for (const name of MARKS) {
    const value = statement[name] ?? statement[name[0]!.toUpperCase() + name.slice(1)];
    if (typeof value === 'string' && PRINTABLE.test(value)) return value;
  }
  return String(index + 1);
}

/** Of an action or resource: at least one value. */
export function readTexts(statement: JsonObject, name: 'action' | 'resource', where: string): readonly string[] {
  return readTextList(element(statement, name, where), `${where}: ${name}`);
}

/** Spellings that a principal element lists; those of other kinds (`service`) name nobody here. */
export function readPrincipals(value: unknown, where: string): readonly string[] {
  if (value === undefined) throw new PolicyError(`${where} has no principal.`);
  if (!isObject(value)) return readTextList(value, `${where}: principal`);
  if (Object.keys(value).length === 0) throw new PolicyError(`${where}: principal is empty.`);
  const listed = element(value, 'qcs', where);
  return listed === undefined ? [] : readTextList(listed, `${where}: principal`);
}

export function readConditions(statement: JsonObject, where: string): readonly ConditionSource[] {
  const value = element(statement, 'condition', where);
  if (value === undefined) return [];
  if (!isObject(value)) throw new PolicyError(`${where}: condition is not an object.`);
  const conditions: ConditionSource[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) throw new PolicyError(`${where}: condition ${operator} is not an object.`);
    for (const [key, operands] of Object.entries(keys)) {
      conditions.push({
        operator: withoutBlanks(operator).toLowerCase(),
        key: withoutBlanks(key).toLowerCase(),
        values: readValueList(operands, `${where}: condition ${operator} of ${key}`),
      });
    }
  }
  if (conditions.length > POLICY_LIMITS.conditions) {
    throw new PolicyError(`${where} has more than ${POLICY_LIMITS.conditions} conditions.`);
  }
  return conditions;
}

/** Published samples have stray ones. */
export function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, '');
}

/** One text or a list of them, at least one. @throws PolicyError */
export function readTextList(value: unknown, where: string): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  checkLength(list, where);
  if (list.every((item) => typeof item === 'string')) return list;
  throw new PolicyError(`${where} is neither a string nor a list of strings.`);
}

/** As `readTextList`, numbers and booleans as texts. @throws PolicyError */
export function readValueList(value: unknown, where: string): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  checkLength(list, where);
  return list.map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'number' || typeof item === 'boolean') return String(item);
    throw new PolicyError(`${where} is no string, number or boolean, nor a list of them.`);
  });
}

function checkLength(list: readonly unknown[], where: string): void {
  if (list.length === 0) throw new PolicyError(`${where} is empty.`);
  if (list.length > POLICY_LIMITS.values)
    throw new PolicyError(`${where} has more than ${POLICY_LIMITS.values} values.`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** So that nothing that walks the document later can run out of stack. */
function checkDepth(top: unknown): void {
  let level: unknown[] = [top];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > POLICY_LIMITS.depth) throw new PolicyError(`The policy is nested deeper than ${POLICY_LIMITS.depth}.`);
    level = level
      .flatMap((value) => Object.values(value as object))
      .filter((value) => typeof value === 'object' && value !== null);
  }
}
