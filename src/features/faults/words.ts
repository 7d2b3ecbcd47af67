/** The small language of effects: `error=SlowDown; delay=200ms`. The same words are flags of `cosette fault add`. */
import { parseDuration, parseSize } from '../../platform/config/units.ts';
import { checkedEffect, type FaultEffect, FaultRuleError } from './rule.ts';

type Words = ReadonlyMap<string, string>;

/** Words that say more about the effect of another one. */
const ERROR_DETAILS = ['status', 'at'] as const;

const EFFECT_WORDS: Readonly<Record<string, (value: string, words: Words) => unknown>> = {
  error: (error, words) => ({
    error,
    ...(words.has('status') ? { status: numberOf('status', words.get('status')!) } : {}),
    ...(words.has('at') ? { at: words.get('at') } : {}),
  }),
  delay: (value) => ({ delayMs: quantity('delay', value, parseDuration, '200ms, 5s') }),
  bandwidth: (value) => ({ bandwidth: quantity('bandwidth', value, parseSize, '64KiB, 1MiB') }),
  reset: (value) => ({ reset: value }),
  truncate: (value) => ({ truncateAfter: quantity('truncate', value, parseSize, '1000, 64KiB') }),
  'wrong-crc': (value) => {
    if (value !== '') throw new FaultRuleError('wrong-crc: takes no value');
    return { wrongCrc: true };
  },
  'stale-list': (value) => ({ staleList: quantity('stale-list', value, parseDuration, '5s, 1min') }),
};

/** Names of all words, those of effects first. */
export const WORDS: readonly string[] = [...Object.keys(EFFECT_WORDS), ...ERROR_DETAILS];

const MOST_WORDS = 10;

/** @param text `name=value; name=value; name` @throws FaultRuleError */
export function wordsOf(text: string): Words {
  const words = new Map<string, string>();
  const parts = text.split(';').map((part) => part.trim());
  if (parts.length > MOST_WORDS) throw new FaultRuleError(`there are more than ${MOST_WORDS} words`);
  for (const part of parts) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const name = (at < 0 ? part : part.slice(0, at)).trim();
    if (words.has(name)) throw new FaultRuleError(`${name.slice(0, 80)}: is there twice`);
    words.set(name, at < 0 ? '' : part.slice(at + 1).trim());
  }
  return words;
}

/** @returns one effect for each word that is one @throws FaultRuleError */
export function effectsOf(words: Words): FaultEffect[] {
  const effects: FaultEffect[] = [];
  for (const [name, value] of words) {
    const effect = Object.hasOwn(EFFECT_WORDS, name) ? EFFECT_WORDS[name] : undefined;
    if (effect !== undefined) effects.push(checkedEffect(effect(value, words)));
    else if (!(ERROR_DETAILS as readonly string[]).includes(name)) {
      throw new FaultRuleError(`${name.slice(0, 80)}: is none of ${WORDS.join(', ')}`);
    } else if (!words.has('error')) throw new FaultRuleError(`${name}: says more about error, which is missing`);
  }
  return effects;
}

function numberOf(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new FaultRuleError(`${name}: is a number`);
  return Number(text);
}

function quantity(name: string, text: string, parse: (text: string) => number | undefined, examples: string): number {
  const value = parse(text);
  if (value === undefined) throw new FaultRuleError(`${name}: is like ${examples}`);
  return value;
}
