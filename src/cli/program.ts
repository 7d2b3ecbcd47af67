/** The commands and their options. Heavy parts are loaded by the command that needs them. */
import { Command, Option } from 'commander';
import { addClockCommands } from './clock-commands.ts';
import type { Form, Lang } from './env/types.ts';
import { addExplainCommand } from './explain-command.ts';
import { addFaultCommands } from './fault-commands.ts';
import { addIdentityCommands } from './identity-commands.ts';
import { addJobsCommands } from './jobs.ts';
import { addKmsCommands } from './kms-commands.ts';
import { addNotifyCommands } from './notify.ts';
import { configOf, readsSettings, settingFlagsOnDemand } from './setting-flags.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import { packageVersion } from './version.ts';

interface EnvFlags {
  readonly form?: Form | 'all';
  readonly bucket: string;
  readonly readyFile?: string;
  readonly showSecret?: true;
  readonly lang?: Lang;
  readonly json?: true;
}

export function createProgram(): Command {
  const program = new Command('cosette')
    .description('A self-hosted object store that speaks the Tencent Cloud COS XML API.')
    .version(packageVersion())
    .showHelpAfterError('(cosette --help lists what there is)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

  readsSettings(program.command('serve'))
    .description('Serve a data folder until SIGTERM or SIGINT.')
    .option('--ready-file <file>', 'write port, pid and more as JSON to this file once requests are answered')
    .option('--show-secret', 'print the SecretKey in the banner also when it was not made just now')
    .action(async (options: { readyFile?: string; showSecret?: true }, command: Command) => {
      const loaded = configOf(command, process.env);
      const [{ serve }, { startServer }] = await Promise.all([import('./serve.ts'), import('../server/index.ts')]);
      await serve(loaded, startServer, {
        readyFile: options.readyFile,
        showSecret: options.showSecret === true,
      });
    });

  readsSettings(program.command('config'))
    .description('Print the configuration that `serve` would use with the same flags, and where it comes from.')
    .option('--json', 'as a configuration file; secrets are left out')
    .action(async (options: { json?: true }, command: Command) => {
      const loaded = configOf(command, process.env);
      const { printConfig } = await import('./print-config.ts');
      process.stdout.write(printConfig(loaded, options.json === true));
    });

  readsSettings(program.command('doctor'))
    .description('Compare what a data folder should hold with what lies on the disk; the server must be stopped.')
    .option('--rebuild-index', 'throw the index away first and build it again from the log')
    .option('--json', 'the report as JSON')
    .action(async (options: { rebuildIndex?: true; json?: true }, command: Command) => {
      const { config } = configOf(command, process.env);
      const { doctor } = await import('./doctor.ts');
      const { text, healthy } = await doctor(config.data, {
        rebuildIndex: options.rebuildIndex === true,
        json: options.json === true,
      });
      process.stdout.write(text);
      if (!healthy) process.exitCode = 1;
    });

  readsSettings(program.command('env'))
    .description('Print what to paste into a client (an SDK, a tool, an application) so that it reaches this server.')
    .argument('[client...]', 'names or `all`; without one, the clients are listed')
    .addOption(
      new Option('--form <name>', 'how to connect; default: the one to try first').choices([
        ...['ip', 'domain', 'proxy', 'https', 'all'],
      ]),
    )
    .option('--bucket <name>', 'the bucket to name', 'examplebucket')
    .option('--ready-file <file>', 'take the values from the file that `serve --ready-file` wrote')
    .option('--show-secret', 'print the SecretKey instead of a placeholder')
    .addOption(new Option('--lang <name>', 'default: from LC_ALL, LC_MESSAGES, LANG').choices(['en', 'zh']))
    .option('--json', 'as JSON')
    .action(async (clients: string[], options: EnvFlags, command: Command) => {
      const { config } = configOf(command, process.env);
      const { clientEnvironment, langOf, UnknownClientError } = await import('./env/command.ts');
      try {
        const text = await clientEnvironment(config, {
          clients,
          form: options.form ?? 'first',
          lang: options.lang ?? langOf(process.env),
          readyFile: options.readyFile,
          bucket: options.bucket,
          showSecret: options.showSecret === true,
          json: options.json === true,
        });
        process.stdout.write(text);
      } catch (error) {
        if (error instanceof UnknownClientError) command.error(`error: ${error.message}`);
        throw error;
      }
    });

  readsSettings(program.command('trust'))
    .description('Print the certificate that clients have to trust for HTTPS, and how; makes it when there is none.')
    .addOption(new Option('--lang <name>', 'default: from LC_ALL, LC_MESSAGES, LANG').choices(['en', 'zh']))
    .option('--json', 'as JSON')
    .action(async (options: { lang?: Lang; json?: true }, command: Command) => {
      const { config } = configOf(command, process.env);
      const [{ trust }, { langOf }] = await Promise.all([import('./trust.ts'), import('./env/command.ts')]);
      const lang = options.lang ?? langOf(process.env);
      process.stdout.write(await trust(config, { lang, json: options.json === true }));
    });

  const key = program.command('key').description('Key pairs: of the first account, of roots, of users.');
  readsSettings(key.command('show'))
    .description(
      'Print the first account with its key pair, as environment variables; makes the pair when there is none.',
    )
    .action(async (_: object, command: Command) => {
      const { config } = configOf(command, process.env);
      const { openFirstAccount } = await import('../access/key-file.ts');
      const account = await openFirstAccount(config.data, config.account);
      for (const note of account.notes) process.stderr.write(`cosette: ${note}\n`);
      process.stdout.write(
        `COSETTE_SECRET_ID=${account.secretId}\nCOSETTE_SECRET_KEY=${account.secretKey}\n` +
          `COSETTE_APPID=${account.appid}\nCOSETTE_UIN=${account.uin}\n`,
      );
    });

  addIdentityCommands(program, key);
  addKmsCommands(program);
  addClockCommands(program);
  addFaultCommands(program);
  addExplainCommand(program);
  addJobsCommands(program);
  addNotifyCommands(program);
  addSnapshotCommands(program);
  for (const parent of [program, ...program.commands]) settingFlagsOnDemand(parent);
  return program;
}
