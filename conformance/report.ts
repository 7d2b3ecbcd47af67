/** RESULTS.md. */
import type { Case } from './case.ts';
import type { ClientRecord, RunRecord, ServiceRecord } from './record.ts';

type Clients = Readonly<Record<string, ClientRecord>>;

export function renderResults(record: RunRecord, cases: readonly Case[], order: readonly string[]): string {
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
    ...caseTable(record.clients, cases, order),
    '',
    ...(record.service === undefined ? [] : serviceSection(record.service, order)),
  ].join('\n');
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

function details(clients: Clients, order: readonly string[]): string[] {
  const lines = known(clients, order).flatMap((name) =>
    Object.entries(clients[name]!.failed ?? {}).map(([id, why]) => `- \`${name}\`, \`${id}\`: ${cell(why)}`),
  );
  return lines.length === 0 ? [] : ['## Failures', '', ...lines, ''];
}

function caseTable(clients: Clients, cases: readonly Case[], order: readonly string[]): string[] {
  const names = known(clients, order).filter((name) => clients[name]!.version !== undefined);
  const mark = (name: string, id: string): string => {
    const { passed = [], failed = {}, leftOut = {} } = clients[name]!;
    return passed.includes(id) ? '✓' : id in failed ? '✗' : id in leftOut ? '–' : '';
  };
  return [
    `| case | fact | source | ${names.join(' | ')} |`,
    `| - | - | - |${names.map(() => ' - |').join('')}`,
    ...cases.map(({ id, title, spec }) => {
      const marks = names.map((name) => mark(name, id));
      return `| \`${id}\` | ${cell(title)} | ${spec} | ${marks.join(' | ')} |`;
    }),
  ];
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
