/**
 * The report of a job. COS publishes no layout for `Report_CSV_V1`; ours: below `<Prefix>/job-<id>/`, `results.csv` with
 * a line for each task, and `manifest.json`, which names it. Source: spec/buckets.md §29.
 */
import { createHash, type Hash } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import type { BodyStream } from '../../model/body.ts';
import type { Services } from '../../model/services.ts';
import type { Row } from '../../store/meta-store.ts';
import type { TaskOutcome } from './job.ts';
import type { BatchTask } from './manifest.ts';
import type { BatchJob, ReportPlace } from './record.ts';
import { reportRange } from './rows.ts';

export interface ReportFile {
  readonly key: string;
  readonly contentType: string;
  readonly body: BodyStream;
}

const SCHEMA = 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage';
/** Of a row, bytes. */
const PIECE = 48 * 1024;

export function reportLine({ bucket, key, versionId = '' }: BatchTask, { status, code, message }: TaskOutcome): string {
  const state = code === '' ? 'succeeded' : 'failed';
  const cells = [bucket, encodeURIComponent(key), versionId, state, code, String(status), message];
  return `${cells.map(quoted).join(',')}\n`;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Lines as the values of rows. */
export function reportPieces(lines: readonly string[]): Buffer[] {
  const pieces: Buffer[] = [];
  let piece = '';
  for (const line of lines) {
    if (piece !== '' && Buffer.byteLength(piece) + Buffer.byteLength(line) > PIECE) {
      pieces.push(Buffer.from(piece));
      piece = '';
    }
    piece += line;
  }
  if (piece !== '') pieces.push(Buffer.from(piece));
  return pieces;
}

/** The objects to write, in their order. */
export async function* reportFiles(services: Services, job: BatchJob, place: ReportPlace): AsyncGenerator<ReportFile> {
  const folder = `${place.prefix === '' ? '' : `${place.prefix}/`}job-${job.id}`;
  const key = `${folder}/results.csv`;
  const md5 = createHash('md5');
  yield { key, contentType: 'text/csv', body: bodyOf(services, job, md5) };
  const list = {
    Format: 'Report_CSV_V1',
    ReportCreationDate: new Date(services.clock.nowMs()).toISOString(),
    JobId: job.id,
    Results: [{ Bucket: place.bucket, MD5Checksum: md5.digest('hex'), Key: key }],
    ReportSchema: SCHEMA,
  };
  const text = Buffer.from(`${JSON.stringify(list, undefined, 2)}\n`);
  yield {
    key: `${folder}/manifest.json`,
    contentType: 'application/json',
    body: {
      length: text.length,
      readAll: async () => text,
      async *chunks() {
        yield text;
      },
    },
  };
}

function bodyOf({ store }: Services, { appid, id }: BatchJob, hash: Hash): BodyStream {
  async function* chunks(most: number): AsyncGenerator<Buffer> {
    const range = reportRange(appid, id);
    let from: Buffer | undefined = range.from;
    let bytes = 0;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await store.meta.scan({ from, to: range.to, limit: 20 });
      for (const { value } of page.rows) {
        bytes += value.length;
        if (bytes > most) throw new CosError('EntityTooLarge');
        hash.update(value);
        yield Buffer.from(value);
      }
      from = page.resume;
    }
  }
  return {
    length: undefined,
    chunks,
    async readAll(most) {
      const all: Buffer[] = [];
      for await (const chunk of chunks(most)) all.push(chunk);
      return Buffer.concat(all);
    },
  };
}
