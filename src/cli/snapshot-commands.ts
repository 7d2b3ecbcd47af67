/** `cosette snapshot …`: the whole state of a server as one file. */
import type { Command } from 'commander';
import { configOf, readsSettings } from './setting-flags.ts';

interface SaveFlags {
  readonly data?: string;
  readonly readyFile?: string;
  readonly force?: true;
  readonly withoutKeys?: true;
}

export function addSnapshotCommands(program: Command): void {
  const snapshot = program
    .command('snapshot')
    .description('The whole state of a server (rows, bodies, keys) as one file. It holds secrets.');

  const save = readsSettings(snapshot.command('save <file>'))
    .description(
      'Save the state of a running server; with --data, of a data folder, whether a server uses it or not. Writers go on.',
    )
    .option('--ready-file <file>', 'take address and data folder from the file that `serve --ready-file` wrote')
    .option('--force', 'replace the file if it is there')
    .option('--without-keys', 'leave out secrets and key pairs: for somebody who is to look at it');
  save.action(async (file: string) => {
    const { config } = configOf(save, process.env);
    const { saveAction } = await import('./snapshot-actions.ts');
    const { data, readyFile, force, withoutKeys } = save.opts<SaveFlags>();
    const text = await saveAction(file, {
      config,
      folder: data === undefined || readyFile !== undefined ? undefined : config.data,
      readyFile,
      force: force === true,
      withKeys: withoutKeys !== true,
    });
    process.stdout.write(text);
  });

  const restore = readsSettings(snapshot.command('restore <file>'))
    .description('Make a data folder out of a snapshot. The folder must be empty or not be there.')
    .option('--force', 'replace the data folder that is there');
  restore.action(async (file: string) => {
    const { config } = configOf(restore, process.env);
    const { restoreAction } = await import('./snapshot-actions.ts');
    process.stdout.write(await restoreAction(file, config.data, restore.opts<SaveFlags>().force === true));
  });
}
