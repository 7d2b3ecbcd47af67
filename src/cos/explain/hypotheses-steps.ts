/** The client went from the right parts to its signature in a wrong way, or with a wrong key. */
import { createHmac } from 'node:crypto';
import type { AccessKey } from '../../access/identity.ts';
import { hmacSha1, sha1 } from '../signature/hash.ts';
import type { Evidence, Guess } from './hypothesis.ts';
import { joined, type Reading, STEPS, type Steps } from './reading.ts';

interface Slip {
  readonly steps?: Partial<Steps>;
  readonly change?: (reading: Reading) => Partial<Reading>;
  readonly what: string;
  readonly advice: string;
}

const SLIPS: readonly Slip[] = [
  {
    steps: { http: (reading) => STEPS.http(reading).slice(0, -1) },
    what: 'The HttpString of the client lacks the newline at its end.',
    advice: 'Each of its four lines ends with a newline, the last one too.',
  },
  {
    steps: { text: (reading, http) => STEPS.text(reading, http).slice(0, -1) },
    what: 'The StringToSign of the client lacks the newline at its end.',
    advice: 'Each of its three lines ends with a newline, the last one too.',
  },
  {
    steps: {
      http: (reading) => STEPS.http(reading).slice(0, -1),
      text: (reading, http) => STEPS.text(reading, http).slice(0, -1),
    },
    what: 'HttpString and StringToSign of the client lack the newline at their ends.',
    advice: 'Each of their lines ends with a newline, the last one too.',
  },
  {
    steps: { http: (reading) => STEPS.http(reading).replaceAll('\n', '\r\n') },
    what: 'The client ends lines with CR LF.',
    advice: 'Lines end with LF alone.',
  },
  {
    steps: {
      http: ({ method, path, params, headers }) => `${method}\n${path}\n${joined(headers)}\n${joined(params)}\n`,
    },
    what: 'The client put the headers before the parameters.',
    advice: 'The order is method, path, parameters, headers.',
  },
  {
    steps: { text: ({ signTime }, http) => `sha1\n${signTime}\n${sha1(http).toUpperCase()}\n` },
    what: 'The client wrote the hash of the HttpString in capitals.',
    advice: 'Hex digits are lower case.',
  },
  {
    steps: { text: ({ signTime }, http) => `sha1\n${signTime}\n${http}\n` },
    what: 'The client put the HttpString itself into the StringToSign.',
    advice: 'The StringToSign holds the SHA-1 of the HttpString, as hex.',
  },
  {
    steps: { sign: (key, text) => STEPS.sign(key, text).toUpperCase() },
    what: 'The client wrote the signature in capitals.',
    advice: 'Hex digits are lower case.',
  },
  {
    steps: { sign: (key, text) => createHmac('sha1', key).update(text).digest('base64') },
    what: 'The client wrote the signature in Base64.',
    advice: 'The signature is 40 hex digits.',
  },
  {
    steps: { sign: (key, text) => createHmac('sha256', key).update(text).digest('hex') },
    what: 'The client signed with HMAC-SHA256.',
    advice: 'The algorithm is HMAC-SHA1.',
  },
  {
    steps: { key: ({ secretKey, keyTime }) => createHmac('sha1', secretKey).update(keyTime).digest() },
    what: 'The client used the SignKey as 20 bytes.',
    advice: 'The SignKey is used as the text of its 40 hex digits.',
  },
  {
    steps: { key: ({ secretKey }) => secretKey },
    what: 'The client signed with the SecretKey itself.',
    advice: 'Make the SignKey first: HMAC-SHA1 of q-key-time with the SecretKey, as hex.',
  },
  {
    steps: { key: ({ secretKey, keyTime }) => hmacSha1(keyTime, secretKey) },
    what: 'The client exchanged key and text where it made the SignKey.',
    advice: 'SignKey = HMAC-SHA1(key: SecretKey, text: q-key-time).',
  },
  {
    change: ({ signTime, keyTime }) => ({ signTime: keyTime, keyTime: signTime }),
    what: 'The client exchanged q-sign-time and q-key-time.',
    advice: 'q-key-time makes the SignKey, q-sign-time stands in the StringToSign.',
  },
  {
    change: ({ signTime }) => ({ keyTime: signTime }),
    what: 'The client made the SignKey from q-sign-time.',
    advice: 'q-key-time makes the SignKey.',
  },
  {
    change: ({ keyTime }) => ({ signTime: keyTime }),
    what: 'The client put q-key-time into the StringToSign.',
    advice: 'q-sign-time stands in the StringToSign.',
  },
  {
    change: ({ signTime, keyTime }) => ({
      signTime: signTime.replace(';', '%3B'),
      keyTime: keyTime.replace(';', '%3B'),
    }),
    what: 'The client signed the times with %3B for the semicolon.',
    advice: 'Times are signed as text with a semicolon; it is encoded in the URL alone.',
  },
  {
    change: ({ headers, params }) => ({ headers: [...headers].reverse(), params: [...params].reverse() }),
    what: 'The client wrote headers and parameters in reverse order.',
    advice: 'Both are sorted by their encoded names.',
  },
];

export function* slipGuesses(reading: Reading): Generator<Guess> {
  for (const { steps = {}, change, what, advice } of SLIPS) {
    yield { reading: change === undefined ? reading : { ...reading, ...change(reading) }, steps, what, advice };
  }
}

/** Headers and parameters as the lists have them, not sorted. */
export function* orderGuesses(reading: Reading, { view }: Evidence): Generator<Guess> {
  const order = view.query.names.map((name) => name.toLowerCase());
  const params = [...reading.params].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  yield {
    reading: { ...reading, params },
    what: 'The client wrote the parameters in the order of the URL.',
    advice: 'Sort them by their encoded names in lower case.',
  };
}

export function* keyGuesses(reading: Reading, keys: Iterable<AccessKey>, secretId: string): Generator<Guess> {
  const { secretKey } = reading;
  const BLANK = 'Remove what stands around the SecretKey: a blank or newline from a file or from copying.';
  for (const other of [
    `${secretKey}\n`,
    `${secretKey} `,
    ` ${secretKey}`,
    `${secretKey}\r\n`,
    `${secretKey}\r`,
    `\n${secretKey}`,
    `${secretKey}\t`,
  ]) {
    yield {
      reading: { ...reading, secretKey: other },
      what: 'The SecretKey of the client has a blank or newline around it.',
      advice: BLANK,
    };
  }
  for (const quote of ['"', "'", '`']) {
    const other = `${quote}${secretKey}${quote}`;
    yield {
      reading: { ...reading, secretKey: other },
      what: 'The SecretKey of the client has quotes around it.',
      advice: BLANK,
    };
  }
  const PAIR = 'Give the client SecretId and SecretKey of one pair.';
  yield {
    reading: { ...reading, secretKey: secretId },
    what: 'The client signed with the SecretId in place of the SecretKey.',
    advice: PAIR,
  };
  yield { reading: { ...reading, secretKey: '' }, what: 'The SecretKey of the client is empty.', advice: PAIR };
  for (const key of keys) {
    if (key.secretId === secretId) continue;
    const what = `The client signed with the SecretKey that belongs to ${key.secretId}, and names ${secretId}.`;
    yield { reading: { ...reading, secretKey: key.secretKey }, what, advice: PAIR };
  }
}
