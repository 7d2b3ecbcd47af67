/** `cosette explain`: why a request was refused. */
import type { Command } from 'commander';
import { configOf, readsSettings } from './setting-flags.ts';

interface Flags {
  readonly last?: string;
  readonly all?: true;
  readonly readyFile?: string;
  readonly json?: true;
}

const MAX_LAST = 1_000;

export function addExplainCommand(program: Command): void {
  const command = readsSettings(program.command('explain'))
    .description(
      'Say why the running server refused a request: what it signed, what the client did, or what rule decided.',
    )
    .argument('[request-id]', 'RequestId of the error, or the header x-cos-request-id of the answer')
    .option('--last <n>', 'list the latest refused requests instead')
    .option('--all', 'with --last: also requests that failed for other reasons than identity and rights')
    .option('--ready-file <file>', 'take address and data folder from the file that `serve --ready-file` wrote')
    .option('--json', 'as JSON');
  command.action(async (requestId: string | undefined, flags: Flags) => {
    const last = flags.last ?? (requestId === undefined ? '20' : undefined);
    if (
      last !== undefined &&
      (requestId !== undefined || !/^\d{1,4}$/.test(last) || Number(last) < 1 || Number(last) > MAX_LAST)
    ) {
      command.error(`error: give a RequestId, or --last with a number from 1 to ${MAX_LAST}`);
    }
    const { config } = configOf(command, process.env);
    const [{ explainRequest, listRefused }, { endpointOf }] = await Promise.all([
      import('./explain.ts'),
      import('./admin-client.ts'),
    ]);
    const endpoint = await endpointOf(config, flags.readyFile);
    const json = flags.json === true;
    const text =
      last === undefined
        ? await explainRequest(endpoint, requestId ?? '', json)
        : await listRefused(endpoint, Number(last), flags.all === true, json);
    process.stdout.write(text);
  });
}
