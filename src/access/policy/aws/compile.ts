/** Policies in the language of AWS (2012-10-17), compiled into what those of CAM become. Source: spec/s3.md §9. */
import type { JsonObject } from '../document.ts';
import { POLICY_LIMITS, readPolicyObject, readTextList, readValueList } from '../document.ts';
import { PolicyError } from '../error.ts';
import { oncePerRequest } from '../once-per-request.ts';
import type { PolicyContext } from '../parse.ts';
import { ANYBODY } from '../principal.ts';
import type { CompiledPolicy, CompiledStatement } from '../types.ts';
import { compileS3Actions } from './actions.ts';
import { type AwsConditionTest, compileAwsCondition, restricts } from './condition.ts';
import { EXISTING_TAG } from './keys.ts';
import { compileAwsPrincipals } from './principal.ts';
import { bucketNamesOf, compileAwsResources } from './resource.ts';
import type { Language } from './template.ts';

const VERSIONS: ReadonlySet<unknown> = new Set(['2012-10-17', '2008-10-17']);
const PARTS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);
const ELEMENTS: ReadonlySet<string> = new Set([
  'Sid',
  'Effect',
  'Principal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const PRINTABLE = /^[^\p{C}]{1,64}$/u;

/** Whether a document is in the language of AWS, by its version. */
export function isAwsPolicy(top: JsonObject): boolean {
  return VERSIONS.has(top['Version']);
}

/** @throws PolicyError */
export function compileAwsPolicy(text: string, context: PolicyContext): CompiledPolicy {
  const top = readPolicyObject(text);
  for (const name of Object.keys(top)) {
    if (!PARTS.has(name)) throw new PolicyError(`${name.slice(0, 64)} is not known.`);
  }
  const list = top['Statement'];
  const statements: unknown[] = Array.isArray(list) ? list : [list];
  if (statements.length === 0 || statements.length > POLICY_LIMITS.statements) {
    throw new PolicyError(`A policy has 1 to ${POLICY_LIMITS.statements} statements.`);
  }
  const language = { variables: top['Version'] !== '2008-10-17' };
  return {
    label: context.label,
    statements: statements.map((each, index) => compileStatement(each, index, context, language)),
    // In a key or in a variable, whatever the spelling of the text.
    asksObjectTags: JSON.stringify(list).toLowerCase().includes(EXISTING_TAG),
  };
}

function compileStatement(
  value: unknown,
  index: number,
  context: PolicyContext,
  language: Language,
): CompiledStatement {
  const where = `statement ${index + 1}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PolicyError(`${where} is not an object.`);
  }
  const statement = value as JsonObject;
  for (const name of Object.keys(statement)) {
    // What is not understood (NotPrincipal) may be a condition on everything else: skipped, it would be lost.
    if (!ELEMENTS.has(name)) throw new PolicyError(`${where}: ${name.slice(0, 64)} is not known.`);
  }
  const effect = statement['Effect'] === 'Allow' ? 'allow' : statement['Effect'] === 'Deny' ? 'deny' : undefined;
  if (effect === undefined) throw new PolicyError(`${where}: Effect is neither Allow nor Deny.`);
  const ofBucket = context.use === 'bucket';
  const { bucket, ownerAppid } = context;
  const rules = {
    bucketNames: bucket === undefined ? undefined : bucketNamesOf(bucket, ownerAppid),
    otherServices: !ofBucket,
    language,
  };
  const named = eitherOf(statement, 'Action', where, (sources) => compileS3Actions(sources, ofBucket, where));
  const located = eitherOf(statement, 'Resource', where, (sources) => compileAwsResources(sources, rules, where));
  const { tests, restricted } = conditionsOf(statement['Condition'], effect, language, where);
  const hold = oncePerRequest(tests);
  const sid = statement['Sid'];
  if (ofBucket && statement['Principal'] === undefined) throw new PolicyError(`${where} has no Principal.`);
  return {
    effect,
    id: typeof sid === 'string' && PRINTABLE.test(sid) ? sid : String(index + 1),
    restricted,
    names: ofBucket ? compileAwsPrincipals(statement['Principal'], effect, where) : ANYBODY,
    covers: (request) =>
      named.is(named.test(request.actions, request.facts)) &&
      located.is(located.test(request)) &&
      (hold === undefined || hold(request)),
  };
}

interface Either<T> {
  readonly test: T;
  /** The element or its negation. */
  is(found: boolean): boolean;
}

/** `Action` or `NotAction`, one of them. */
function eitherOf<T>(
  statement: JsonObject,
  name: 'Action' | 'Resource',
  where: string,
  compile: (sources: readonly string[]) => T,
): Either<T> {
  const [plain, negated] = [statement[name], statement[`Not${name}`]];
  if ((plain === undefined) === (negated === undefined)) {
    throw new PolicyError(`${where} has either ${name} or Not${name}.`);
  }
  const test = compile(readTextList(plain ?? negated, `${where}: ${name}`));
  return { test, is: plain === undefined ? (found) => !found : (found) => found };
}

interface Conditions {
  readonly tests: readonly AwsConditionTest[];
  readonly restricted: boolean;
}

function conditionsOf(value: unknown, effect: 'allow' | 'deny', language: Language, where: string): Conditions {
  if (value === undefined) return { tests: [], restricted: false };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PolicyError(`${where}: Condition is not an object.`);
  }
  const tests: AwsConditionTest[] = [];
  let restricted = false;
  for (const [operator, keys] of Object.entries(value)) {
    if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
      throw new PolicyError(`${where}: condition ${operator.slice(0, 64)} is not an object.`);
    }
    for (const [key, operands] of Object.entries(keys)) {
      const values = readValueList(operands, `${where}: condition ${operator.slice(0, 64)} of ${key.slice(0, 64)}`);
      restricted ||= restricts(operator, key, values);
      tests.push(compileAwsCondition(operator, key, values, effect, language, where));
    }
  }
  if (tests.length > POLICY_LIMITS.conditions) {
    throw new PolicyError(`${where} has more than ${POLICY_LIMITS.conditions} conditions.`);
  }
  return { tests, restricted };
}
