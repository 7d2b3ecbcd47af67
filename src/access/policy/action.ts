/** Actions that a statement names. Source: spec/access.md §4, §6. */

import { ANONYMOUS } from '../identity.ts';
import { compilePattern, type Pattern } from './pattern.ts';

/** Each action can be written in both ways, and a wildcard may reach into the prefix. */
const PREFIXES = ['name/cos:', 'cos:'];

const MOST_REMEMBERED = 200;

/** @returns whether one of the names of a request (without prefix) is among them */
export function compileActions(sources: readonly string[]): (actions: readonly string[]) => boolean {
  if (sources.includes('*')) return (actions) => actions.length > 0;
  const exact = new Set<string>();
  const patterns: Pattern[] = [];
  for (const source of sources) {
    if (source.includes('*')) patterns.push(compilePattern(source));
    else exact.add(source);
  }
  const names = (action: string) =>
    PREFIXES.some((prefix) => {
      const spelled = prefix + action;
      return exact.has(spelled) || patterns.some((pattern) => pattern(spelled, ANONYMOUS));
    });
  // Operations have few actions, which come again and again.
  const known = new Map<string, boolean>();
  const remembered = (action: string) => {
    let named = known.get(action);
    if (named === undefined) {
      named = names(action);
      if (known.size < MOST_REMEMBERED) known.set(action, named);
    }
    return named;
  };
  return (actions) => actions.some(remembered);
}
