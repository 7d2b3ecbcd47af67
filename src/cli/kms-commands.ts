/** `cosette kms …`: the keys of SSE-COS and SSE-KMS in a data folder, also while a server serves it. */
import type { Command } from 'commander';
import { configOf, readsSettings } from './setting-flags.ts';

type Actions = typeof import('./kms-actions.ts');
type Act = (
  actions: Actions,
  folder: ReturnType<Actions['openKmsFolder']>,
  given: { readonly id: string; readonly description?: string },
) => string;

export function addKmsCommands(program: Command): void {
  const kms = program
    .command('kms')
    .description('The keys that encrypt objects. A server that is running sees changes within a second.');

  /** @param act gives what is printed */
  const add = (usage: string, description: string, act: Act): Command => {
    const command = readsSettings(kms.command(usage)).description(description);
    return command.action(async () => {
      const { config } = configOf(command, process.env);
      const actions = await import('./kms-actions.ts');
      const folder = actions.openKmsFolder(config.data);
      const text = act(actions, folder, { ...command.opts<{ description?: string }>(), id: command.args[0] ?? '' });
      for (const note of folder.file.notes()) process.stderr.write(`cosette: ${note}\n`);
      process.stdout.write(text);
    });
  };

  add('list', 'List the keys for SSE-KMS. Key material is never shown.', (kms, folder) => kms.listKeys(folder));
  add('create', 'Make a key for SSE-KMS and print its id.', (kms, folder, { description }) =>
    kms.createKey(folder, description ?? ''),
  ).option('--description <text>', 'what the key is for; one line, at most 256 characters');
  add(
    'disable <id>',
    'Refuse to use a key: what it encrypted cannot be read until it is enabled.',
    (kms, folder, { id }) => kms.setState(folder, id, 'Disabled'),
  );
  add('enable <id>', 'Use a disabled key again.', (kms, folder, { id }) => kms.setState(folder, id, 'Enabled'));
  add(
    'rotate <id>',
    'Encrypt new objects with a new version of a key; old versions still decrypt.',
    (kms, folder, { id }) => kms.rotateKey(folder, id),
  );
  add('rotate-master', 'Encrypt new SSE-COS objects with a new master key; old ones still decrypt.', (kms, folder) =>
    kms.rotateMaster(folder),
  );
}
