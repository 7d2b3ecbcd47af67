/** The client signed another method or path than those that arrived. */
import { encode } from '../signature/encode.ts';
import type { Evidence, Guess } from './hypothesis.ts';
import { plain, type Reading } from './reading.ts';

const METHODS = ['get', 'head', 'put', 'post', 'delete', 'options'] as const;

export function* methodGuesses(reading: Reading): Generator<Guess> {
  for (const method of METHODS) {
    if (method === reading.method) continue;
    const what = `The client signed ${method.toUpperCase()}; the request arrived as ${reading.method.toUpperCase()}.`;
    yield {
      reading: { ...reading, method },
      what,
      advice: 'Sign for the method that is used: a URL signed for one is good for it alone.',
    };
  }
  const upper = reading.method.toUpperCase();
  yield {
    reading: { ...reading, method: upper },
    what: `The client wrote the method as ${upper} into the signed text.`,
    advice: 'The method stands there in lower case.',
  };
}

export function* pathGuesses(reading: Reading, { view }: Evidence): Generator<Guess> {
  const { path } = reading;
  const seen = new Set([path]);
  for (const [other, what, advice] of otherPaths(path, view.rawPath, view.query.rawPairs.join('&'))) {
    if (seen.has(other)) continue;
    seen.add(other);
    yield {
      reading: { ...reading, path: other },
      what: `The client signed the path ${JSON.stringify(other)}: ${what}.`,
      advice,
    };
  }
}

function otherPaths(path: string, rawPath: string, rawQuery: string): (readonly [string, string, string])[] {
  const DECODED = 'Sign the decoded path; it is percent-encoded in the URL alone.';
  const ONCE = 'Encode the path once, when it goes into the URL.';
  const twice = plain(path);
  const encoded = path.split('/').map(encode).join('/');
  const lowerHex = (text: string) => text.replace(/%[0-9A-Fa-f]{2}/g, (hex) => hex.toLowerCase());
  return [
    [rawPath, 'percent-encoded, as it stands in the URL', DECODED],
    [encoded, 'percent-encoded', DECODED],
    [lowerHex(rawPath), 'percent-encoded, with lower-case digits', DECODED],
    [lowerHex(encoded), 'percent-encoded, with lower-case digits', DECODED],
    [encodeURI(wellFormed(path)), 'percent-encoded by encodeURI', DECODED],
    [encode(path), 'percent-encoded, slashes too', DECODED],
    [twice, 'it arrived encoded twice', ONCE],
    [plain(twice), 'it arrived encoded three times', ONCE],
    [
      path.replaceAll('+', ' '),
      'with a blank where a plus arrived',
      'A plus in a path is a plus: write blanks as %20, pluses as %2B.',
    ],
    [path.replaceAll(' ', '+'), 'with a plus where a blank arrived', 'Write a plus in a path as %2B.'],
    [path.slice(1), 'without the slash in front', 'The path begins with a slash.'],
    [
      `/${path}`,
      'with one more slash in front',
      'Sign the path as it is sent; something on the way may have joined slashes.',
    ],
    [path.replace(/\/{2,}/g, '/'), 'with single slashes where several arrived', 'Sign the path as it is sent.'],
    [
      path.endsWith('/') ? path.slice(0, -1) : `${path}/`,
      'differing in the slash at the end',
      'Sign the path as it is sent.',
    ],
    [
      path.normalize('NFC'),
      'in Unicode normal form C',
      'Use one Unicode form of the key for the signature and the URL; macOS decomposes file names.',
    ],
    [
      path.normalize('NFD'),
      'in Unicode normal form D',
      'Use one Unicode form of the key for the signature and the URL; macOS decomposes file names.',
    ],
    [path.toLowerCase(), 'in lower case', 'Keys keep their case: sign the path as it is sent.'],
    [Buffer.from(path, 'utf8').toString('latin1'), 'its UTF-8 read as latin1', 'Take the path as UTF-8.'],
    [
      `${path}?${rawQuery}`,
      'with the query',
      'The path of the signed text has no query; parameters have a line of their own.',
    ],
    ['/', 'without the key', 'Sign the whole path.'],
    ['', 'empty', 'Sign the whole path, `/` for a bucket.'],
  ];
}

/** encodeURI refuses half a surrogate pair. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
