/** Arguments and environment of `npm run conformance`. */
import { parseArgs } from 'node:util';

export type Endpoint =
  | { readonly kind: 'started' }
  | {
      readonly kind: 'running' | 'cos';
      readonly address: string | undefined;
      /** PEM of the server's authority, if it is known. */
      readonly caFile: string | undefined;
      readonly secretId: string;
      readonly secretKey: string;
      readonly appid: string;
      readonly region: string;
    };

/** How clients reach the service: each in its own way with all cases, or by `HTTPS_PROXY` alone. */
export const FORMS = ['own', 'proxy'] as const;
export type Form = (typeof FORMS)[number];

export interface Options {
  /** Empty: all. */
  readonly clients: readonly string[];
  readonly endpoint: Endpoint;
  readonly forms: readonly Form[];
  /** Sets the floors to what this run passed. */
  readonly raise: boolean;
  /** Prints the results, and leaves the files of results alone. */
  readonly dry: boolean;
}

export const USAGE = `usage: npm run conformance [-- client… [--form own|proxy] [--raise] [--dry]]

Runs real clients against a server that is started for the run, and writes conformance/RESULTS.md.
  --form    own: each client reaches the server in its own way and runs all cases; proxy: applications that know
            the service by its https names and have HTTPS_PROXY alone; without it: both
  --raise   make the numbers of cases passed the new floors
  --dry     write no files

COSETTE_CONFORMANCE_ENDPOINT   host:port of a running server, or "cos" for the real service; with
COSETTE_CONFORMANCE_SECRET_ID, _SECRET_KEY, _APPID and _REGION. Buckets are made and removed.
COSETTE_CONFORMANCE_CA         file of the authority of a running server; without it nothing runs by HTTPS there`;

/** @returns undefined when help was asked for @throws Error saying what is wrong */
export function readOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  known: readonly string[],
): Options | undefined {
  const { values, positionals: clients } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      form: { type: 'string' },
      raise: { type: 'boolean', default: false },
      dry: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  for (const name of clients) {
    if (!known.includes(name)) throw new Error(`unknown client ${name}; known: ${known.join(', ')}`);
  }
  const endpoint = endpointOf(env);
  return { clients, endpoint, forms: formsOf(values.form, endpoint), raise: values.raise, dry: values.dry };
}

function formsOf(asked: string | undefined, endpoint: Endpoint): readonly Form[] {
  const possible = endpoint.kind === 'started' || endpoint.caFile !== undefined ? FORMS : FORMS.slice(0, 1);
  if (asked === undefined) return possible;
  const form = FORMS.find((name) => name === asked);
  if (form === undefined) throw new Error(`unknown form ${asked}; known: ${FORMS.join(', ')}`);
  if (!possible.includes(form)) throw new Error('the form proxy needs COSETTE_CONFORMANCE_CA and a server of our own');
  return [form];
}

function endpointOf(env: NodeJS.ProcessEnv): Endpoint {
  const where = env['COSETTE_CONFORMANCE_ENDPOINT'];
  if (where === undefined || where === '') return { kind: 'started' };
  const given = (name: string): string => {
    const value = env[`COSETTE_CONFORMANCE_${name}`];
    if (value === undefined || value === '') throw new Error(`COSETTE_CONFORMANCE_${name} is missing`);
    return value;
  };
  const account = {
    secretId: given('SECRET_ID'),
    secretKey: given('SECRET_KEY'),
    appid: given('APPID'),
    region: given('REGION'),
  };
  if (where === 'cos') return { kind: 'cos', address: undefined, caFile: undefined, ...account };
  if (!/^[\w.-]+:\d+$/.test(where)) throw new Error('COSETTE_CONFORMANCE_ENDPOINT must be host:port, or cos');
  const caFile = env['COSETTE_CONFORMANCE_CA'] || undefined;
  return { kind: 'running', address: where, caFile, ...account };
}
