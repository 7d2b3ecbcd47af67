/** What is done to heads and bodies of S3: to bytes, to lines, to digits. */
import type { Random } from '../crash/random.ts';

export interface ByteMutation {
  readonly name: string;
  readonly apply: (text: string, random: Random) => string;
}

const at = (text: string, random: Random): number => random.between(0, Math.max(0, text.length - 1));
const splice = (text: string, from: number, to: number, insert = ''): string =>
  text.slice(0, from) + insert + text.slice(to);
const SIGNS = [...'abcdefxzABCDEF0123456789&=;%+-_.~ /:,?#\r\n\t\u0000\u00ff'];
const PIECES = [
  '&acl',
  '&append&position=0',
  '?acl',
  '&ACL',
  '&X-Amz-Expires=604800',
  '&x-amz-signature=0',
  '\nx-amz-copy-source: /other/key',
  '\nx-cos-copy-source: other/key',
  '\nx-amz-acl: public-read',
  '\nX-Amz-Date: 20130524T000000Z',
  '\nx-amz-security-token: x',
  '\nAuthorization: AWS x:y',
  '\nHost: other.s3.amazonaws.com',
  '0\r\n\r\n',
  '\r\n',
  ';chunk-signature=',
  'x-amz-checksum-crc32:AAAAAA==\r\n',
  '%2F',
  '%',
];

/** A piece out of the text, by what separates pieces. */
function pieceOf(text: string, separator: RegExp, random: Random): readonly [from: number, to: number] {
  const cuts = [0, ...[...text.matchAll(separator)].map(({ index }) => index), text.length];
  const i = random.between(0, cuts.length - 2);
  return [cuts[i]!, cuts[i + 1]!];
}

const onPieces = (separator: RegExp, change: (piece: string, random: Random) => string) => {
  return (text: string, random: Random): string => {
    const [from, to] = pieceOf(text, separator, random);
    return splice(text, from, to, change(text.slice(from, to), random));
  };
};

const SEPARATORS = [/\n/g, /[&?]/g, /[,;/]/g] as const;

export const BYTE_MUTATIONS: readonly ByteMutation[] = [
  {
    name: 'bit flipped',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + 1, String.fromCharCode((text.charCodeAt(i) ^ (1 << random.between(0, 7))) & 0xff));
    },
  },
  {
    name: 'byte replaced',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + 1, random.pick(SIGNS));
    },
  },
  {
    name: 'byte deleted',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + 1);
    },
  },
  {
    name: 'byte inserted',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i, random.pick(SIGNS));
    },
  },
  {
    name: 'a stretch deleted',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i + random.between(1, 60));
    },
  },
  {
    name: 'a stretch repeated',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i, text.slice(i, i + random.between(1, 80)));
    },
  },
  {
    name: 'the case of a stretch',
    apply: (text, random) => {
      const i = at(text, random);
      const part = text.slice(i, i + random.between(1, 20));
      return splice(text, i, i + part.length, random.next() < 0.5 ? part.toUpperCase() : part.toLowerCase());
    },
  },
  { name: 'cut at the end', apply: (text, random) => text.slice(0, at(text, random)) },
  {
    name: 'something added',
    apply: (text, random) => {
      const end = random.next() < 0.5 ? text.length : Math.max(0, text.indexOf('\n'));
      return splice(text, end, end, random.pick(PIECES));
    },
  },
  {
    name: 'something inserted',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i, random.pick(PIECES));
    },
  },
  {
    name: 'a number changed',
    apply: (text, random) => {
      const numbers = [...text.matchAll(/\d+/g)];
      if (numbers.length === 0) return `${text}1`;
      const { 0: digits, index } = random.pick(numbers);
      const next = random.pick(['0', '-1', '00', '604801', '99999999999999999999', String(Number(digits) + 1)]);
      return splice(text, index, index + digits.length, next);
    },
  },
  ...SEPARATORS.flatMap((separator): ByteMutation[] => [
    { name: `piece deleted (${separator.source})`, apply: onPieces(separator, () => '') },
    { name: `piece doubled (${separator.source})`, apply: onPieces(separator, (piece) => piece + piece) },
    {
      name: `pieces exchanged (${separator.source})`,
      apply: (text, random) => {
        const [from, to] = pieceOf(text, separator, random);
        const rest = splice(text, from, to);
        const [other] = pieceOf(rest, separator, random);
        return splice(rest, other, other, text.slice(from, to));
      },
    },
  ]),
  {
    name: 'long',
    apply: (text, random) => {
      const i = at(text, random);
      return splice(text, i, i, random.pick(SIGNS).repeat(random.between(100, 20_000)));
    },
  },
];

/** @returns the text changed once to three times, and the names of what was done */
export function mutateBytes(text: string, random: Random): { readonly text: string; readonly names: string[] } {
  const names: string[] = [];
  let changed = text;
  for (let i = random.pick([1, 1, 1, 2, 3]); i > 0; i--) {
    const mutation = random.pick(BYTE_MUTATIONS);
    changed = mutation.apply(changed, random);
    names.push(mutation.name);
  }
  return { text: changed, names };
}
