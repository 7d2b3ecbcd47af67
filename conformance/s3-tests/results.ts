/** What a run of pytest says, by function: one with parameters passes when all its cases do. */
import { decodeReferences } from '../../src/http/xml.ts';

export interface S3TestResults {
  readonly passed: ReadonlySet<string>;
  /** The first line of why. */
  readonly failed: ReadonlyMap<string, string>;
}

const CASE = /<testcase\b[^>]*?\bname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const FAILURE = /<(?:failure|error)\b[^>]*?\bmessage="([^"]*)"/;
const MOST = 200;

/** @param xml JUnit's form */
export function readResults(xml: string): S3TestResults {
  const passed = new Set<string>();
  const failed = new Map<string, string>();
  for (const [, name = '', content = ''] of xml.matchAll(CASE)) {
    const test = decodeReferences(name).replace(/\[.*$/s, '');
    const why = FAILURE.exec(content)?.[1];
    if (why !== undefined) {
      if (!failed.has(test)) failed.set(test, decodeReferences(why).split('\n', 1)[0]!.slice(0, MOST));
    } else if (!content.includes('<skipped')) passed.add(test);
  }
  for (const name of failed.keys()) passed.delete(name);
  return { passed, failed };
}
