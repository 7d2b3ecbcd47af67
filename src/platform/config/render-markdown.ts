/** docs/configuration.md, from the schema. */
import { SETTINGS, type Setting } from './settings.ts';
import { formatDuration, formatSize } from './units.ts';

const HEAD = `# Configuration

<!-- Generated from src/platform/config/schema.ts by \`npm run docs\`. Do not edit. -->

Each setting can be given as a flag of \`cosette serve\`, as an environment variable, or in a JSON file named by
\`--config FILE\` (or \`COSETTE_CONFIG\`). The flag wins over the variable, the variable over the file, the file over the
default. An empty variable counts as not set. \`cosette config\` prints what is in force and where it came from.

Sizes take \`KiB\`, \`MiB\`, \`GiB\` and \`TiB\` (\`64KiB\`; a bare number is bytes). Durations take \`ms\`, \`s\`, \`min\` and \`h\`
(a bare number is milliseconds). Lists are comma-separated in flags and variables, arrays in the file. A name in the file
that is no setting is an error; so is every value outside what is allowed: the message names the setting, where the value
came from and what is allowed, for all of them at once.

\`\`\`json
{
  "data": "/var/lib/cosette",
  "host": ["0.0.0.0", "::"],
  "baseDomains": ["localhost", "cos.example.com"],
  "limits": { "singleUploadBytes": "1GiB", "bodyStallMs": "10s" },
  "log": { "format": "json" }
}
\`\`\`

Secrets have no flag: other users of a machine can read command lines.
`;

const GROUPS: readonly (readonly [section: string, title: string, text: string])[] = [
  ['', 'Server', ''],
  ['account', 'First account', "Read when the server starts; see also the data folder's `credentials.json`."],
  [
    'admin',
    'Admin API',
    'Everything under `/_cosette/admin/`. The commands that use it run on the same machine as the server.',
  ],
  ['audit', 'Audit log', ''],
  [
    'callbacks',
    'Upload callbacks',
    'Off by default: with them a client decides where this server sends requests. Keep the list of hosts short.',
  ],
  ['compat', 'Limits of the live service', 'All off by default; see [s3.md](s3.md).'],
  ['domains', 'Custom domains', 'Whose names are bound to buckets, and how that is shown.'],
  ['errors', 'Errors', ''],
  ['explain', 'Explaining refusals', 'What `cosette explain` can tell about.'],
  ['faults', 'Faults on demand', 'For tests of clients; see [faults.md](faults.md).'],
  ['lifecycle', 'Lifecycle', ''],
  ['limits', 'Limits', 'The defaults are those of the service. What the service fixes can be lowered, not raised.'],
  ['log', 'Log', ''],
  ['moves', 'Moved buckets', 'Where clients are led that look for a bucket in another region than its own.'],
  [
    'origin',
    'Back-to-source',
    'For buckets with an origin configuration. With it whoever owns a bucket decides which servers this one asks.',
  ],
  [
    'replication',
    'Replication',
    'Of buckets whose replication rules name buckets of other servers, and from other servers.',
  ],
  ['signatures', 'Signatures', ''],
  [
    'tls',
    'TLS',
    'Certificates are made for each name by an authority of the data folder, unless files are given. `cosette trust` says how clients come to trust it.',
  ],
];

export function renderConfigMarkdown(): string {
  let out = HEAD;
  for (const [section, title, text] of GROUPS) {
    out += `\n## ${title}\n\n${text === '' ? '' : `${text}\n\n`}`;
    out += '| setting | flag | variable | default | meaning |\n| --- | --- | --- | --- | --- |\n';
    for (const setting of SETTINGS) {
      const [first = '', second] = setting.path;
      if ((second === undefined ? '' : first) === section) out += row(setting);
    }
  }
  return out;
}

function row(setting: Setting): string {
  const flag = setting.flag === undefined ? '–' : `\`--${setting.flag}\``;
  const text = setting.description.replaceAll('|', '\\|');
  return `| \`${setting.name}\` | ${flag} | \`${setting.env}\` | ${describeDefault(setting)} | ${text} |\n`;
}

/** The default as a reader wants it: with its unit, long lists by their length. */
export function describeDefault(setting: Setting): string {
  const value = setting.fallback;
  if (value === undefined) return '–';
  if (typeof value === 'number' && setting.unit === 'bytes') return formatSize(value);
  if (typeof value === 'number' && setting.unit === 'ms') return formatDuration(value);
  if (!Array.isArray(value)) return `\`${value}\``;
  if (value.length === 0) return 'none';
  return value.length > 4 ? `the ${value.length} names of COS` : value.map((entry) => `\`${entry}\``).join(', ');
}
