/** `cosette jobs …`: what a running server does in the background. */
import type { Command } from 'commander';
import type { Endpoint } from './admin-client.ts';
import { configOf, readsSettings } from './setting-flags.ts';

type Actions = typeof import('./jobs-actions.ts');

export function addJobsCommands(program: Command): void {
  const jobs = program.command('jobs').description('What a running server does in the background.');
  const add = (
    usage: string,
    description: string,
    act: (actions: Actions, endpoint: Endpoint, name: string, json: boolean) => Promise<string>,
  ) => {
    const command = readsSettings(jobs.command(usage))
      .description(description)
      .option('--ready-file <file>', 'take address and data folder from the file that `serve --ready-file` wrote')
      .option('--json', 'as JSON');
    command.action(async () => {
      const { config } = configOf(command, process.env);
      const [actions, { endpointOf }] = await Promise.all([import('./jobs-actions.ts'), import('./admin-client.ts')]);
      const { readyFile, json } = command.opts<{ readyFile?: string; json?: true }>();
      const endpoint = await endpointOf(config, readyFile);
      process.stdout.write(await act(actions, endpoint, command.args[0] ?? '', json === true));
    });
  };
  add('list', 'List the jobs: what runs, how far it is, the last error, when it runs next.', (act, endpoint, _, json) =>
    act.listJobs(endpoint, json),
  );
  add('run <job>', 'Run a job now. It is not waited for.', (act, endpoint, name, json) =>
    act.runJob(endpoint, name, json),
  );
}
