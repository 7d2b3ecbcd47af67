/** `cosette notify …`: who is told of changes in a bucket. */
import type { Command } from 'commander';
import type { Endpoint } from './admin-client.ts';
import { configOf, readsSettings } from './setting-flags.ts';

type Actions = typeof import('./notify-actions.ts');

interface Flags {
  readonly readyFile?: string;
  readonly json?: true;
  readonly event?: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
  readonly secretFile?: string;
}

export function addNotifyCommands(program: Command): void {
  const notify = program
    .command('notify')
    .description('Who is told of changes in a bucket: the server posts COS events as JSON to their addresses.');
  const add = (
    usage: string,
    description: string,
    act: (actions: Actions, endpoint: Endpoint, args: readonly string[], flags: Flags) => Promise<string>,
  ): Command => {
    const command = readsSettings(notify.command(usage))
      .description(description)
      .option('--ready-file <file>', 'take address and data folder from the file that `serve --ready-file` wrote')
      .option('--json', 'as JSON');
    return command.action(async () => {
      const { config } = configOf(command, process.env);
      const [actions, { endpointOf }] = await Promise.all([import('./notify-actions.ts'), import('./admin-client.ts')]);
      const flags = command.opts<Flags>();
      process.stdout.write(await act(actions, await endpointOf(config, flags.readyFile), command.args, flags));
    });
  };
  add('list <bucket>', 'List the rules of a bucket, named with its APPID.', (act, endpoint, [bucket = ''], { json }) =>
    act.listNotifications(endpoint, bucket, json === true),
  );
  add(
    'add <bucket> <rule> <url>',
    'Tell an address of changes; takes the place of a rule of that name.',
    (act, endpoint, [bucket = '', rule = '', url = ''], { event = [], prefix, suffix, secretFile, json }) => {
      const given = {
        ...{ events: event, url },
        ...(prefix === undefined ? {} : { prefix }),
        ...(suffix === undefined ? {} : { suffix }),
        ...(secretFile === undefined ? {} : { secretFile }),
      };
      return act.addNotification(endpoint, bucket, rule, given, json === true);
    },
  )
    .requiredOption('--event <name...>', 'cos:ObjectCreated:*, cos:ObjectRemove:Delete …')
    .option('--prefix <text>', 'only keys that begin so')
    .option('--suffix <text>', 'only keys that end so')
    .option(
      '--secret-file <file>',
      'what deliveries are signed with; - reads standard input; default: made and printed',
    );
  add('remove <bucket> <rule>', 'Tell an address no more.', (act, endpoint, [bucket = '', rule = ''], { json }) =>
    act.removeNotification(endpoint, bucket, rule, json === true),
  );
}
