/** The client wrote headers or parameters otherwise into the text, or something on the way changed them. */
import type { Pair } from '../signature/canonical.ts';
import { encode, encodeReceived } from '../signature/encode.ts';
import type { Evidence, Guess } from './hypothesis.ts';
import { plain, type Reading, sorted } from './reading.ts';
import { isSecretName } from './secret-names.ts';

type Side = 'headers' | 'params';

interface Spelling {
  readonly value: (encoded: string) => string;
  readonly what: string;
  readonly advice: string;
}

const ENCODING = 'Percent-encode every byte but letters, digits and -_.~, with upper-case digits, once.';
const SPELLINGS: readonly Spelling[] = [
  { value: plain, what: 'not encoded', advice: ENCODING },
  {
    value: (encoded) => encoded.replace(/%(?:21|27|28|29|2A)/g, (hex) => plain(hex)),
    what: "with !'()* not encoded",
    advice: "Encode !'()* too: encodeURIComponent leaves them.",
  },
  {
    value: (encoded) => encoded.replaceAll('%20', '+'),
    what: 'with a plus for each blank',
    advice: 'A blank is %20 in the signed text.',
  },
  { value: (encoded) => encoded.replaceAll('%2F', '/'), what: 'with slashes not encoded', advice: ENCODING },
  {
    value: (encoded) => encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    what: 'with lower-case digits',
    advice: ENCODING,
  },
  { value: (encoded) => encoded.replaceAll('~', '%7E'), what: 'with ~ encoded', advice: ENCODING },
  { value: (encoded) => encoded.replaceAll('%', '%25'), what: 'encoded twice', advice: ENCODING },
  { value: (encoded) => encode(plain(plain(encoded))), what: 'decoded once more before', advice: ENCODING },
  { value: (encoded) => encoded.toLowerCase(), what: 'in lower case', advice: 'Values keep their case.' },
];

/** All values in one wrong spelling. */
export function* spellingGuesses(reading: Reading): Generator<Guess> {
  for (const { value, what, advice } of SPELLINGS) {
    const spelled = (side: Side) => reading[side].map(([name, given]): Pair => [name, value(given)]);
    const guess = (part: Partial<Reading>, of: string): Guess => ({
      reading: { ...reading, ...part },
      what: `The client wrote the values of ${of} ${what} into the signed text.`,
      advice,
    });
    yield guess({ headers: spelled('headers') }, 'the headers');
    yield guess({ params: spelled('params') }, 'the parameters');
    yield guess({ headers: spelled('headers'), params: spelled('params') }, 'headers and parameters');
  }
}

/** One listed header or parameter with another value, or none. */
export function* pairGuesses(reading: Reading, { view }: Evidence): Generator<Guess> {
  for (const side of ['headers', 'params'] as const) {
    const kind = side === 'headers' ? 'header' : 'parameter';
    for (let i = 0; i < reading[side].length; i++) {
      const [name, value] = reading[side][i]!;
      const listed = `the ${kind} ${plain(name)}`;
      const others = reading[side].filter((_, index) => index !== i);
      yield {
        reading: { ...reading, [side]: others },
        what: `The client lists ${listed} and left it out of the signed text.`,
        advice: `Put ${listed} into the text, or take it out of the list.`,
      };
      for (const other of otherValues(plain(name), value, kind === 'header' ? view.header(plain(name)) : undefined)) {
        if (other === value) continue;
        yield {
          reading: { ...reading, [side]: sorted([...others, [name, other]]) },
          what: `${capital(listed)} was ${said(name, other)} when it was signed and arrived as ${said(name, value)}.`,
          advice: `Something changed ${listed} after it was signed (a library, a proxy): send it as it was signed, or do not sign it.`,
        };
      }
    }
  }
}

const WELL_KNOWN: Readonly<Record<string, readonly string[]>> = {
  'accept-encoding': ['gzip', 'gzip, deflate', 'gzip, deflate, br', 'gzip,deflate', 'identity', 'deflate, gzip'],
  connection: ['keep-alive', 'Keep-Alive', 'close', 'upgrade'],
  'content-length': ['0'],
  'content-type': [
    'application/octet-stream',
    'application/xml',
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'text/xml',
    'binary/octet-stream',
  ],
  'transfer-encoding': ['chunked'],
  expect: ['100-continue'],
  'cache-control': ['no-cache', 'max-age=0', 'no-store'],
};
const CHARSETS = ['; charset=utf-8', '; charset=UTF-8', ';charset=utf-8', ';charset=UTF-8'] as const;

function otherValues(name: string, encoded: string, received: string | undefined): string[] {
  const value = plain(encoded);
  const found = ['', ` ${value}`, `${value} `, value.replace(/\s+/g, ' '), value.toLowerCase(), value.toUpperCase()];
  found.push(
    plain(value),
    value.replaceAll('+', ' '),
    value.replaceAll(' ', '+'),
    value.replaceAll('"', ''),
    `"${value}"`,
  );
  found.push(value.replaceAll(', ', ','), value.replaceAll(',', ', '), value.split(',')[0]!);
  found.push(value.normalize('NFC'), value.normalize('NFD'));
  found.push(...(WELL_KNOWN[name] ?? []));
  if (name === 'content-type') {
    found.push(value.split(';')[0]!.trim(), ...CHARSETS.map((charset) => `${value}${charset}`));
    for (const type of WELL_KNOWN['content-type']!) found.push(...CHARSETS.map((charset) => `${type}${charset}`));
  }
  if (name === 'content-md5')
    found.push(Buffer.from(value, 'base64').toString('hex'), Buffer.from(value, 'hex').toString('base64'));
  const spelled = found.filter(isWellFormed).map(encode);
  // What the client sent as latin1 it may have signed as latin1, too.
  if (received !== undefined) spelled.push(encodeReceived(received), encode(received));
  return [...new Set(spelled)];
}

/** Other lists than those that were sent. */
export function* listGuesses(reading: Reading, { view }: Evidence): Generator<Guess> {
  const { query } = view;
  const all: Pair[] = [];
  for (let i = 0; i < query.size; i++) {
    const name = query.names[i]!;
    if (!/^(?:q-[a-z-]+|sign)$/.test(name)) all.push([encode(name).toLowerCase(), encode(query.values[i]!)]);
  }
  const LIST = 'List in q-url-param-list and q-header-list exactly what is signed, and nothing else.';
  yield {
    reading: { ...reading, params: sorted(all) },
    what: 'The client signed all parameters, also those that q-url-param-list does not name.',
    advice: LIST,
  };
  yield {
    reading: { ...reading, params: [] },
    what: 'The client signed no parameters, though q-url-param-list names some.',
    advice: LIST,
  };
  yield {
    reading: { ...reading, headers: [] },
    what: 'The client signed no headers, though q-header-list names some.',
    advice: LIST,
  };
  for (const [name, value] of all) {
    if (reading.params.some((pair) => pair[0] === name)) continue;
    const params = sorted([...reading.params, [name, value]]);
    yield {
      reading: { ...reading, params },
      what: `The client signed the parameter ${plain(name)}, which q-url-param-list does not name.`,
      advice: LIST,
    };
  }
  for (const name of [
    'host',
    'date',
    'content-type',
    'content-length',
    'content-md5',
    'x-cos-security-token',
    'user-agent',
  ]) {
    const value = name === 'host' ? view.host : view.header(name);
    if (value === undefined || reading.headers.some((pair) => pair[0] === name)) continue;
    const headers = sorted([...reading.headers, [name, encodeReceived(value)]]);
    yield {
      reading: { ...reading, headers },
      what: `The client signed the header ${name}, which q-header-list does not name.`,
      advice: LIST,
    };
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function said(name: string, encoded: string): string {
  if (encoded === '') return 'empty or absent';
  return isSecretName(plain(name)) ? 'another one' : JSON.stringify(plain(encoded));
}

function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}
