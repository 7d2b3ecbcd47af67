/** Policy variables of AWS: `${aws:username}`, `${aws:userid}`. Source: spec/s3.md §9. */
import type { Identity } from '../../identity.ts';

const VARIABLE = /\$\{(aws:username|aws:userid|aws:PrincipalAccount)\}/;

/**
 * @param compile of a text without variables
 * @returns undefined for who has no value of a variable: then nothing fits
 */
export function compileVariables<T>(text: string, compile: (text: string) => T): (identity: Identity) => T | undefined {
  if (!VARIABLE.test(text)) {
    const fixed = compile(text);
    return () => fixed;
  }
  const parts = text.split(new RegExp(VARIABLE, 'g'));
  return (identity) => {
    if (identity.kind === 'anonymous') return undefined;
    const values: Readonly<Record<string, string>> = {
      'aws:username': identity.name,
      'aws:userid': identity.uin,
      'aws:PrincipalAccount': identity.ownerUin,
    };
    return compile(parts.map((part, i) => (i % 2 === 0 ? part : (values[part] ?? ''))).join(''));
  };
}
