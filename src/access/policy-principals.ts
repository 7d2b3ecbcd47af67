/** Whom a policy is about, for the number of policies and ACLs that may name one identity. Source: spec/errors.md row AttachmentFull. */
import { normalisePolicy } from './policy/parse.ts';

/** `root`, as CAM and AWS write the root of an account. */
const ROOT = /^(?:qcs::cam::uin\/(\d+):root|arn:aws:iam::(\d+):root|(\d+))$/;
const EVERYBODY: ReadonlySet<string> = new Set(['*', 'qcs::cam::anyone:anyone', 'qcs::cam::anonymous:anonymous']);

/**
 * @param text of a bucket policy that was understood
 * @returns each identity once, roots in the form of ACLs; everybody is no identity
 */
export function principalsOf(text: string): string[] {
  const { Statement } = JSON.parse(normalisePolicy(text)) as { Statement: unknown };
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as Record<string, unknown>[];
  const found = new Set<string>();
  for (const statement of statements) collect(statement['principal'] ?? statement['Principal'], found);
  return [...found];
}

/** A text, a list, or an object of them by kind. */
function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    const text = value.replaceAll(/\s/g, '');
    const [, ...roots] = ROOT.exec(text) ?? [];
    const root = roots.find((uin) => uin !== undefined);
    if (!EVERYBODY.has(text)) found.add(root === undefined ? text : `qcs::cam::uin/${root}:uin/${root}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collect(each, found);
  }
}
