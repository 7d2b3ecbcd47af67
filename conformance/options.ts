/** Arguments and environment of `npm run conformance`. */

export type Endpoint =
  | { readonly kind: 'started' }
  | {
      readonly kind: 'running' | 'cos';
      readonly address: string | undefined;
      readonly secretId: string;
      readonly secretKey: string;
      readonly appid: string;
      readonly region: string;
    };

export interface Options {
  /** Empty: all. */
  readonly clients: readonly string[];
  readonly endpoint: Endpoint;
  /** Sets the floors to what this run passed. */
  readonly raise: boolean;
  /** Prints the results, and leaves the files of results alone. */
  readonly dry: boolean;
}

export const USAGE = `usage: npm run conformance [-- client… [--raise] [--dry]]

Runs real clients against a server that is started for the run, and writes conformance/RESULTS.md.
  --raise   make the numbers of cases passed the new floors
  --dry     write no files

COSETTE_CONFORMANCE_ENDPOINT   host:port of a running server, or "cos" for the real service; with
COSETTE_CONFORMANCE_SECRET_ID, _SECRET_KEY, _APPID and _REGION. Buckets are made and removed.`;

/** @returns undefined when help was asked for @throws Error saying what is wrong */
export function readOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  known: readonly string[],
): Options | undefined {
  const flags = new Set(args.filter((arg) => arg.startsWith('-')));
  if (flags.has('--help') || flags.has('-h')) return undefined;
  for (const flag of flags) if (flag !== '--raise' && flag !== '--dry') throw new Error(`unknown option ${flag}`);
  const clients = args.filter((arg) => !arg.startsWith('-'));
  for (const name of clients) {
    if (!known.includes(name)) throw new Error(`unknown client ${name}; known: ${known.join(', ')}`);
  }
  return { clients, endpoint: endpointOf(env), raise: flags.has('--raise'), dry: flags.has('--dry') };
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
  if (where === 'cos') return { kind: 'cos', address: undefined, ...account };
  if (!/^[\w.-]+:\d+$/.test(where)) throw new Error('COSETTE_CONFORMANCE_ENDPOINT must be host:port, or cos');
  return { kind: 'running', address: where, ...account };
}
