/** RESULTS.md. */
import type { Case } from './case.ts';
import type { S3Group } from './client.ts';
import { CLIENTS } from './clients.ts';
import type { Form } from './options.ts';
import type { ApplicationRecord, ClientRecord, RunRecord, ServiceRecord, VendorSuite } from './record.ts';

type Clients = Readonly<Record<string, ClientRecord>>;

export function renderResults(
  record: RunRecord,
  cases: Readonly<Record<Form | S3Group, readonly Case[]>>,
  all: readonly string[],
): string {
  const group = (wanted: S3Group | undefined) => all.filter((name) => groupOf.get(name) === wanted);
  const order = group(undefined);
  return [
    '# Conformance: what real clients saw',
    '',
    'Written by `npm run conformance`; see [README.md](README.md). Nothing here is edited by hand.',
    '',
    '## Clients',
    '',
    ...clientTable(record.clients, order),
    '',
    ...details(record.clients, order),
    '## Cases',
    '',
    '✓ passed, ✗ failed, – left out, blank: the client has not run.',
    '',
    ...caseTable(record.clients, cases.own, order),
    '',
    ...s3Section('S3: libraries', record.clients, cases.s3, group('s3')),
    ...s3Section('S3: tools', record.clients, cases['s3-tools'], group('s3-tools')),
    ...(record.httpsProxy === undefined ? [] : proxySection(record.httpsProxy, cases.proxy, order)),
    ...vendorSection(record.vendorSuites ?? {}),
    ...(record.service === undefined ? [] : serviceSection(record.service, order)),
  ].join('\n');
}

const groupOf: ReadonlyMap<string, S3Group | undefined> = new Map(CLIENTS.map(({ name, s3 }) => [name, s3]));

/** Clients of Amazon S3, against the S3 face of the same server. */
function s3Section(heading: string, clients: Clients, all: readonly Case[], order: readonly string[]): string[] {
  if (known(clients, order).length === 0) return [];
  const aloneNames = [...new Set(all.flatMap(({ only }) => only ?? []))];
  const shared = order.filter((name) => !aloneNames.includes(name));
  return [
    `## ${heading}`,
    '',
    ...clientTable(clients, order),
    '',
    ...details(clients, order, '### Failures'),
    ...caseTable(
      clients,
      all.filter(({ only }) => only === undefined),
      shared,
    ),
    '',
    ...known(clients, aloneNames).flatMap((name) =>
      aloneSection(
        name,
        clients[name],
        all.filter(({ only }) => only === name),
      ),
    ),
  ];
}

function vendorSection(suites: Readonly<Record<string, VendorSuite>>): string[] {
  const rows = Object.entries(suites).map(
    ([name, { suite, passed, total, date, left }]) =>
      `| \`${name}\` | ${cell(suite)} | ${passed} of ${total} | ${date} | ${cell(left)} |`,
  );
  if (rows.length === 0) return [];
  return [
    "## The clients' own suites",
    '',
    'Run unmodified against a server. How, and how a run is recorded: [README.md](README.md).',
    '',
    '| name | suite | passed | date | what did not pass |',
    '| - | - | -: | - | - |',
    ...rows,
    '',
  ];
}

function clientTable(clients: Clients, order: readonly string[]): string[] {
  const rows = known(clients, order).map((name) => {
    const { title, version, skipped, passed, failed, leftOut } = clients[name]!;
    if (version === undefined) return `| \`${name}\` | ${title} | – | – | – | – | skipped: ${cell(skipped ?? '')} |`;
    const why = [...new Set(Object.values(leftOut ?? {}))].map(cell).join('; ');
    const counts = [passed, failed, leftOut].map((list) => Object.keys(list ?? {}).length);
    return `| \`${name}\` | ${title} | ${version} | ${counts.join(' | ')} | ${why} |`;
  });
  return [
    '| name | client | version | passed | failed | left out | why left out |',
    '| - | - | - | -: | -: | -: | - |',
    ...rows,
  ];
}

function details(clients: Clients, order: readonly string[], heading = '## Failures'): string[] {
  const lines = known(clients, order).flatMap((name) =>
    Object.entries(clients[name]!.failed ?? {}).map(([id, why]) => `- \`${name}\`, \`${id}\`: ${cell(why)}`),
  );
  return lines.length === 0 ? [] : [heading, '', ...lines, ''];
}

function caseTable(clients: Clients, cases: readonly Case[], order: readonly string[]): string[] {
  const names = known(clients, order).filter((name) => clients[name]!.version !== undefined);
  return [
    `| case | fact | source | ${names.join(' | ')} |`,
    `| - | - | - |${names.map(() => ' - |').join('')}`,
    ...cases.map(({ id, title, spec }) => {
      const marks = names.map((name) => mark(clients[name]!, id));
      return `| \`${id}\` | ${cell(title)} | ${spec} | ${marks.join(' | ')} |`;
    }),
  ];
}

function mark({ passed = [], failed = {}, leftOut = {} }: ClientRecord, id: string): string {
  return passed.includes(id) ? '✓' : id in failed ? '✗' : id in leftOut ? '–' : '';
}

function proxySection(
  applications: Readonly<Record<string, ApplicationRecord>>,
  all: readonly Case[],
  order: readonly string[],
): string[] {
  const cases = all.filter(({ only }) => only === undefined);
  const aloneNames = [...new Set(all.flatMap(({ only }) => only ?? []))];
  const names = known(applications, order);
  const rows = names
    .filter((name) => !aloneNames.includes(name))
    .map((name) => {
      const application = applications[name]!;
      const { version, skipped = '', trust = [], note = '' } = application;
      if (version === undefined)
        return `| \`${name}\` | – |${cases.map(() => ' |').join('')} – | skipped: ${cell(skipped)} |`;
      const marks = cases.map(({ id }) => ` ${mark(application, id)} |`).join('');
      const told = trust.map((variable) => `\`${variable}\``).join(', ');
      return `| \`${name}\` | ${version} |${marks} ${told} | ${cell(note)} |`;
    });
  return [
    '## HTTPS_PROXY alone',
    '',
    'Applications that know secret id, secret key, region and bucket, and ask the service by its own https names. Their',
    'environment has `HTTPS_PROXY`, and the variables that make the runtime trust the authority of the server.',
    '',
    `| name | version | ${cases.map(({ id }) => `\`${id}\``).join(' | ')} | trust by | remarks |`,
    `| - | - |${cases.map(() => ' - |').join('')} - | - |`,
    ...rows,
    '',
    ...cases.map(({ id, title, spec }) => `- \`${id}\`: ${title} (${spec})`),
    '',
    ...aloneNames.flatMap((name) =>
      aloneSection(
        name,
        applications[name],
        all.filter(({ only }) => only === name),
      ),
    ),
    ...details(applications, order, '### Failures'),
  ];
}

/** A client that does cases of its own. */
function aloneSection(name: string, application: ApplicationRecord | undefined, cases: readonly Case[]): string[] {
  if (application === undefined) return [];
  const { version, skipped = '', note = '' } = application;
  const said = version === undefined ? `skipped: ${cell(skipped)}` : cell(note);
  const lines = cases.map(({ id, title, spec }) => `- ${mark(application, id)} \`${id}\`: ${title} (${spec})`);
  const remark = said === '' ? [] : [said, ''];
  return [`### \`${name}\` ${version ?? ''}`.trim(), '', ...remark, ...(version === undefined ? [] : [...lines, ''])];
}

function serviceSection(service: ServiceRecord, order: readonly string[]): string[] {
  const rows = Object.entries(service.differs).flatMap(([id, byClient]) =>
    Object.entries(byClient).map(([name, observed]) => `| \`${id}\` | ${name} | ${cell(JSON.stringify(observed))} |`),
  );
  return [
    `## The real service, ${service.date}`,
    '',
    ...clientTable(service.clients, order),
    '',
    ...(rows.length === 0 ? ['Every assumption held.'] : ['| case | client | observed |', '| - | - | - |', ...rows]),
    '',
  ];
}

function known(clients: Clients, order: readonly string[]): string[] {
  return order.filter((name) => name in clients);
}

/** Text for one cell of a table. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').trim();
}
