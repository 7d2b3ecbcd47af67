/** What `cosette doctor` found, as an object, as lines, and as the list of what is wrong. */
import type { Audit } from '../model/audit.ts';
import type { FolderReport } from '../store/local/folder-report.ts';
import type { LocalStoreEvent } from '../store/local/index.ts';

export interface Findings {
  readonly dir: string;
  readonly audit: Audit;
  readonly folder: FolderReport;
  /** Bytes of the log that compaction will give back. */
  readonly deadBytes: number;
  /** What opening the store mended. */
  readonly events: readonly LocalStoreEvent[];
}

/** Names listed of many of a kind. */
const MOST_NAMES = 20;

/** One line for each thing that is wrong; empty when all agrees. */
export function problemsOf({ audit, folder }: Findings): string[] {
  const problems: string[] = [];
  const say = (number: number, one: string, many: string): void => {
    if (number !== 0) problems.push(count(number, one, many));
  };
  if (audit.referencedBytes !== audit.liveBytes || audit.referencedBlobs !== audit.liveBlobs) {
    problems.push(
      `rows refer to ${bodies(audit.referencedBlobs, audit.referencedBytes)}, the engine holds ${bodies(audit.liveBlobs, audit.liveBytes)}`,
    );
  }
  say(
    audit.missing,
    'body that rows refer to cannot be read: its object is damaged',
    'bodies that rows refer to cannot be read: their objects are damaged',
  );
  say(audit.orphans, 'file of an upload belongs to no commit', 'files of uploads belong to no commit');
  const { strays, wrongSizes } = folder;
  for (const { path, size } of strays.slice(0, MOST_NAMES)) {
    problems.push(`${path} (${grouped(size)} bytes) belongs to no body: it takes space and is safe to move away`);
  }
  say(Math.max(0, strays.length - MOST_NAMES), 'more such file', 'more such files');
  for (const path of wrongSizes.slice(0, MOST_NAMES)) problems.push(`${path} has not the size of its body`);
  say(Math.max(0, wrongSizes.length - MOST_NAMES), 'more such file', 'more such files');
  return problems;
}

export function renderJson(findings: Findings): string {
  const { dir, audit, folder, deadBytes, events } = findings;
  const { strays, wrongSizes, ...disk } = folder;
  const problems = problemsOf(findings);
  const report = {
    data: dir,
    healthy: problems.length === 0,
    problems,
    ...audit,
    deadBytes,
    disk: { ...disk, totalBytes: totalBytes(folder), overheadBytes: overheadBytes(findings) },
    strays: strays.slice(0, MOST_NAMES),
    strayFiles: strays.length,
    wrongSizes: wrongSizes.slice(0, MOST_NAMES),
    mended: events.map(({ kind }) => kind),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

export function renderText(findings: Findings): string {
  const { dir, audit, folder, deadBytes, events } = findings;
  const strayBytes = folder.strays.reduce((sum, { size }) => sum + size, 0);
  const table: (readonly [name: string, value: string | number, note?: string])[] = [
    ['data folder', dir, `format ${folder.format}`],
    ['buckets', audit.buckets],
    ['objects', audit.objects],
    ['versions', audit.versions, 'noncurrent versions and delete markers'],
    ['uploads', audit.uploads, `not finished, ${count(audit.parts, 'part')}`],
    ['bytes referenced', audit.referencedBytes, `by rows, ${count(audit.referencedBlobs, 'body', 'bodies')}`],
    ['bytes stored', audit.liveBytes, `live in the engine, ${count(audit.liveBlobs, 'body', 'bodies')}`],
    ['bytes on disk', totalBytes(folder)],
    ['  files', folder.fileBytes, `large bodies, ${count(folder.files, 'file')}`],
    ['  log', folder.segmentBytes, count(folder.segments, 'segment')],
    ['    bodies', folder.logBodyBytes, `small bodies, ${folder.logBodies}`],
    ['    dead', deadBytes, 'deleted or replaced, until compaction'],
    ['    rows', overheadBytes(findings), 'metadata, headers and checksums'],
    ['  index', folder.indexBytes, 'can be rebuilt from the log'],
    ['  reserve', folder.reserveBytes, 'kept for deleting on a full disk'],
    ['  other', folder.otherBytes, 'keys, format, locks'],
    ['  stray', strayBytes, count(folder.strays.length, 'file')],
  ];
  let out = '';
  for (const [name, value, note] of table) {
    const text = typeof value === 'number' ? grouped(value).padStart(17) : value;
    out += `${name.padEnd(17)} ${text}${note === undefined ? '' : `  (${note})`}\n`;
  }
  for (const event of events) out += `note: ${describe(event)}\n`;
  const problems = problemsOf(findings);
  for (const problem of problems) out += `problem: ${problem}\n`;
  return problems.length > 0 ? out : `${out}ok: the bytes referenced and the bytes stored agree\n`;
}

function totalBytes({ fileBytes, segmentBytes, indexBytes, reserveBytes, otherBytes, strays }: FolderReport): number {
  const known = fileBytes + segmentBytes + indexBytes + reserveBytes + otherBytes;
  return strays.reduce((sum, { size }) => sum + size, known);
}

/** What of the log is neither a live body nor dead. */
function overheadBytes({ folder, deadBytes }: Findings): number {
  return folder.segmentBytes - folder.logBodyBytes - deadBytes;
}

function describe(event: LocalStoreEvent): string {
  switch (event.kind) {
    case 'index-rebuilt':
      return `the index was rebuilt from ${event.records} records (${event.reason})`;
    case 'log-replayed':
      return `${event.records} records of the log were applied to the index`;
    case 'tail-truncated':
      return `${event.bytes} bytes of an unfinished write were cut off the log`;
    case 'orphans-removed':
      return `${count(event.count, 'file')} of unfinished uploads removed`;
    default:
      return event.kind;
  }
}

function bodies(number: number, bytes: number): string {
  return `${grouped(bytes)} bytes in ${count(number, 'body', 'bodies')}`;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** 1234567 → 1,234,567 */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
