/** Answers in the form in which the reference and the server are compared: what the protocol promises of them. */
import { type Names, type Text, Token } from './names.ts';

export interface Answer {
  readonly status: number;
  /** Of an error that has a body. */
  readonly code?: string | undefined;
  /** Names in lower case; only those of `WATCHED`. */
  readonly headers: Readonly<Record<string, Text>>;
  /** Bytes as latin1. */
  readonly body?: string | undefined;
  readonly xml?: Xml | undefined;
}

/** The text of a leaf, or child elements: by name, those of one name in document order. */
export type Xml = Text | readonly (readonly [name: string, content: Xml])[];

export const WATCHED: ReadonlySet<string> = new Set([
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'x-cos-content-sha1',
  'x-cos-copy-source-version-id',
  'x-cos-delete-marker',
  'x-cos-hash-crc64ecma',
  'x-cos-meta-note',
  'x-cos-next-append-position',
  'x-cos-object-type',
  'x-cos-storage-class',
  'x-cos-version-id',
]);

/** Child elements in the order that does not count sorted away. */
export function element(children: readonly (readonly [name: string, content: Xml])[]): Xml {
  return [...children].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** @returns where the answers differ, one line each; binds the names that are seen for the first time */
export function differences(expected: Answer, actual: Answer, names: Names): string[] {
  const found: string[] = [];
  const compare = (path: string, want: unknown, have: unknown): void => {
    if (want instanceof Token) {
      const wrong = typeof have === 'string' ? names.bind(want, have) : `${want.label} is missing`;
      if (wrong !== undefined) found.push(`${path}: ${wrong}`);
    } else if (Array.isArray(want) && Array.isArray(have)) {
      if (want.length !== have.length) found.push(`${path}: ${text(want)} expected, not ${text(have)}`);
      else for (const [at, item] of want.entries()) compare(`${path}/${label(item) ?? at}`, item, have[at]);
    } else if (want !== have) found.push(`${path}: ${text(want)} expected, not ${text(have)}`);
  };
  compare('status', expected.status, actual.status);
  compare('code', expected.code, actual.code);
  for (const name of new Set([...Object.keys(expected.headers), ...Object.keys(actual.headers)])) {
    compare(name, expected.headers[name], actual.headers[name]);
  }
  compare('body', expected.body, actual.body);
  compare('xml', expected.xml, actual.xml);
  return found;
}

function label(item: unknown): string | undefined {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === 'string' ? item[0] : undefined;
}

function text(value: unknown): string {
  if (value === undefined) return 'none';
  return JSON.stringify(value, (_, inner: unknown) => (inner instanceof Token ? inner.label : inner));
}
