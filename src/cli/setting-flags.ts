/** Turns the settings of the schema into options of a command, and what was typed into a configuration. */
import { type Command, Option } from 'commander';
import { type LoadedConfig, loadConfig, SETTINGS } from '../platform/config/index.ts';
import { describeDefault } from '../platform/config/render-markdown.ts';

const waiting = new WeakSet<Command>();

/** The command takes every setting as a flag. */
export function readsSettings(command: Command): Command {
  waiting.add(command);
  return command;
}

/** Gives a subcommand its flags when it is the one that was typed: many options for each of many commands take time. */
export function settingFlagsOnDemand(parent: Command): void {
  parent.hook('preSubcommand', (_, chosen) => {
    if (waiting.delete(chosen)) addSettingFlags(chosen);
  });
}

/** Adds one option for each setting that has a flag, and `--config`. */
export function addSettingFlags(command: Command): Command {
  command.addOption(new Option('--config <file>', 'JSON file with settings').env('COSETTE_CONFIG'));
  for (const setting of SETTINGS) {
    if (setting.flag === undefined) continue;
    const value = setting.isToggle ? `[${setting.placeholder}]` : `<${setting.placeholder}>`;
    const fallback = describeDefault(setting).replaceAll('`', '');
    const note = fallback === '–' ? '' : ` (default: ${fallback})`;
    const text = `${setting.description.replaceAll('`', '')}${note}`;
    command.addOption(new Option(`--${setting.flag} ${value}`, text));
  }
  return command;
}

/**
 * @param command one that went through `addSettingFlags`, after parsing
 * @throws ConfigError
 */
export function configOf(command: Command, env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const typed = command.opts<Record<string, string | true | undefined>>();
  const flags = new Map<string, string>();
  for (const setting of SETTINGS) {
    if (setting.flag === undefined) continue;
    const value = typed[camel(setting.flag)];
    if (value !== undefined) flags.set(setting.name, String(value));
  }
  const file = typed['config'];
  return loadConfig({ flags, env, ...(typeof file === 'string' && file !== '' ? { file } : {}) });
}

/** commander keeps `--base-domains` as `baseDomains`. */
function camel(flag: string): string {
  return flag.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
