/** `cosette fault …`: the fault rules of a server that was started with `--faults-rules`. */
import type { Command } from 'commander';
import type { Endpoint } from './admin-client.ts';
import type { FaultFlags } from './fault-actions.ts';
import { configOf, readsSettings } from './setting-flags.ts';

type Actions = typeof import('./fault-actions.ts');
type Act = (actions: Actions, endpoint: Endpoint, given: FaultFlags & { readonly argument: string }) => Promise<string>;

export function addFaultCommands(program: Command): void {
  const fault = program
    .command('fault')
    .description('Faults that requests meet. Only where the server was started with --faults-rules.');

  const add = (usage: string, description: string, act: Act): Command => {
    const command = readsSettings(fault.command(usage))
      .description(description)
      .option('--ready-file <file>', 'take address and data folder from the file that `serve --ready-file` wrote')
      .option('--json', 'as JSON');
    command.action(async () => {
      const { config } = configOf(command, process.env);
      const [actions, { endpointOf }] = await Promise.all([import('./fault-actions.ts'), import('./admin-client.ts')]);
      const flags = command.opts<FaultFlags>();
      const endpoint = await endpointOf(config, flags.readyFile);
      process.stdout.write(await act(actions, endpoint, { ...flags, argument: command.args[0] ?? '' }));
    });
    return command;
  };

  add('add', 'Add a rule: which requests, which of these, and what happens to them.', (actions, endpoint, given) =>
    actions.addFault(endpoint, given),
  )
    .option('--error <code>', 'an error of docs/errors.md: SlowDown')
    .option('--status <number>', 'which one, for codes with several statuses')
    .option('--at <moment>', 'of --error: before the operation (the default), or after it was carried out')
    .option('--reset <moment>', 'reset the connection before the operation, or after it was carried out')
    .option('--delay <time>', 'hold the answer back: 200ms, 5s')
    .option('--bandwidth <size>', 'slow the bodies of request and answer down to so many bytes a second: 64KiB')
    .option('--truncate <size>', 'end the connection after so many bytes of the body of the answer')
    .option('--wrong-crc', 'answer with a checksum that is not that of the object')
    .option('--stale-list <time>', 'list objects, versions and uploads as they were so long ago')
    .option('--set <name>', 'a set of faults: name-profile; needs --bucket')
    .option('--operation <name...>', "requests of these operations, by COS's names: GetObject")
    .option('--bucket <name>', 'requests for this bucket, with its APPID; * stands for any characters')
    .option('--key <pattern>', 'requests for these objects; * stands for any characters')
    .option('--signer <id>', 'requests that were signed with this SecretId, or by this UIN')
    .option('--header <text>', 'requests with this header: `x-test`, `User-Agent: my-app*`')
    .option('--percent <number>', 'so many of 100, by chance')
    .option('--seed <number>', 'other chances; the same ones for the same seed')
    .option('--first <number>', 'only the first so many requests')
    .option('--every <number>', 'every second, third … request')
    .option('--count <number>', 'at most so many faults')
    .option('--id <name>', 'its name in lists and logs; default: f1, f2 …');
  add('list', 'List the rules, and how many requests met them.', (actions, endpoint, { json }) =>
    actions.listFaults(endpoint, json === true),
  );
  add('clear [rule]', 'Remove a rule, or all of them.', (actions, endpoint, { argument, json }) =>
    actions.clearFaults(endpoint, argument, json === true),
  );
}
