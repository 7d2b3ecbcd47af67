/** `cosette clock …`: the time that a server started with `--test-clock` goes by. */
import type { Command } from 'commander';
import type { Move } from './clock-actions.ts';
import { configOf, readsSettings } from './setting-flags.ts';

type Actions = typeof import('./clock-actions.ts');

export function addClockCommands(program: Command): void {
  const clock = program
    .command('clock')
    .description('The time of a running server. It moves only where the server was started with --test-clock.');

  /** @param moveOf nothing: the clock is only shown */
  const add = (usage: string, description: string, moveOf: (actions: Actions, text: string) => Move | undefined) => {
    const command = readsSettings(clock.command(usage))
      .description(description)
      .option('--ready-file <file>', 'take address and data folder from the file that `serve --ready-file` wrote')
      .option('--json', 'as JSON');
    command.action(async () => {
      const { config } = configOf(command, process.env);
      const [actions, { endpointOf }] = await Promise.all([import('./clock-actions.ts'), import('./admin-client.ts')]);
      const { readyFile, json } = command.opts<{ readyFile?: string; json?: true }>();
      const move = moveOf(actions, command.args[0] ?? '');
      process.stdout.write(await actions.clock(await endpointOf(config, readyFile), move, json === true));
    });
  };

  add('show', 'Show what time it is for the server.', () => undefined);
  add('set <time>', 'Move the clock to a time, from which it runs on: 2027-01-31T12:00:00Z.', (actions, text) => ({
    setMs: actions.readTime(text),
  }));
  add('advance <span>', 'Move the clock forward: 30s, 90min, 12h, 7d.', (actions, text) => ({
    advanceMs: actions.readSpan(text),
  }));
  add('resume', "Go back to the system's time.", () => ({ resume: true }));
}
