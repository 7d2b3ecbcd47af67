/**
 * Why a signature did not match. The server has the SecretKey: it tries what clients are known to do wrong, one thing at
 * a time, and knows the mistake when the given signature comes out.
 */
import type { AccessKey } from '../../access/identity.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import type { Finding } from './finding.ts';
import { hostGuesses, withHost } from './hypotheses-host.ts';
import { methodGuesses, pathGuesses } from './hypotheses-request.ts';
import { keyGuesses, orderGuesses, slipGuesses } from './hypotheses-steps.ts';
import { listGuesses, pairGuesses, spellingGuesses } from './hypotheses-values.ts';
import type { Evidence, Hypothesis } from './hypothesis.ts';
import { type Reading, receivedReading, shownHttp, signatureOf } from './reading.ts';

export interface Mismatch extends Evidence {
  readonly signature: string;
  readonly key: AccessKey;
  /** All keys of the server: a client may have mixed pairs up. */
  readonly keys: () => Iterable<AccessKey>;
}

/** Signatures that are made for one answer: some tenths of a second. */
export const MAX_TRIALS = 30_000;

/** What explains the mismatch, if one mistake does; the bound on the work may end the search before. */
export function inferMistake(mismatch: Mismatch): { readonly finding: Finding | undefined; readonly trials: number } {
  const { view, fields, key, keys, signature } = mismatch;
  const hypotheses: readonly Hypothesis[] = [
    hostGuesses,
    methodGuesses,
    pathGuesses,
    slipGuesses,
    (reading) => keyGuesses(reading, keys(), fields.secretId),
    spellingGuesses,
    orderGuesses,
    listGuesses,
    pairGuesses,
  ];
  const received = receivedReading(view, fields, key.secretKey);
  let trials = 0;
  for (const hypothesis of hypotheses) {
    for (const reading of usualReadings(received, view.host)) {
      for (const { reading: guessed, steps, what, advice } of hypothesis(reading, mismatch)) {
        if (trials === MAX_TRIALS) return { finding: undefined, trials };
        trials += 1;
        if (!sameText(signatureOf(guessed, steps), signature)) continue;
        const clientFormatString = shownHttp(guessed, steps);
        return { finding: { certainty: 'proven', what, advice, clientFormatString }, trials };
      }
    }
  }
  return { finding: undefined, trials };
}

/** The host as correct clients sign it, too: it may not be what is wrong. */
function usualReadings(received: Reading, host: string): Reading[] {
  if (!received.headers.some(([name]) => name === 'host')) return [received];
  const lower = host.toLowerCase();
  const colon = lower.lastIndexOf(':');
  const bare = colon > lower.lastIndexOf(']') ? lower.slice(0, colon) : lower;
  return [...new Set([host, lower, bare])].map((other) => withHost(received, other));
}

const ON_THE_WAY: Readonly<Record<string, string>> = {
  'accept-encoding': 'clients and proxies set it themselves',
  connection: 'it is for one connection; proxies set their own',
  'content-length': 'a proxy that buffers or re-chunks the body changes it',
  expect: 'proxies answer and remove it',
  te: 'it is for one connection',
  'transfer-encoding': 'it is for one connection; proxies set their own',
  'user-agent': 'proxies and libraries change it',
  via: 'proxies add to it',
  'x-forwarded-for': 'proxies add to it',
};

/** What stands out where no single mistake is proven. */
export function suspicions({ view, fields, signature }: Mismatch): Finding[] {
  const found: Finding[] = [];
  const add = (certainty: 'fact' | 'hint', what: string, advice: string): void => {
    found.push({ certainty, what, advice });
  };
  if (!/^[0-9a-f]{40}$/.test(signature)) {
    add(
      'fact',
      'q-signature is not 40 lower-case hex digits.',
      'Look whether the signature was cut or encoded on its way.',
    );
  }
  for (const { name } of fields.headers) {
    if (name !== 'host' && view.header(name) === undefined) {
      add(
        'fact',
        `The header ${name} is signed and did not arrive.`,
        'Something on the way removed it, or the client did not send it: do not sign what is not sent.',
      );
    } else if (ON_THE_WAY[name] !== undefined) {
      add('hint', `The header ${name} is signed, but ${ON_THE_WAY[name]}.`, 'Take it out of the signature.');
    }
  }
  for (const name of fields.params) {
    if (
      !view.query.names.some(
        (given) => given.toLowerCase() === name || encodeURIComponent(given).toLowerCase() === name,
      )
    ) {
      add('fact', `The parameter ${name} is signed and did not arrive.`, 'Send the URL as it was signed.');
    }
  }
  const proxy = ['via', 'x-forwarded-for', 'forwarded', 'x-real-ip'].find((name) => view.header(name) !== undefined);
  if (proxy !== undefined) {
    add(
      'hint',
      `The request came through a proxy (it has the header ${proxy}).`,
      'Let the proxy pass method, path, query, Host and signed headers on unchanged.',
    );
  }
  if (/%25[0-9A-Fa-f]{2}/.test(view.rawPath)) {
    add(
      'hint',
      'The path looks encoded twice (%25 before two hex digits).',
      'Encode the path once, when it goes into the URL.',
    );
  }
  add(
    'hint',
    'No single known mistake makes this signature come out.',
    `Compare the SecretKey of the client with that of ${fields.secretId}, then its FormatString with the one above, line by line.`,
  );
  return found;
}
