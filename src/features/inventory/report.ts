/**
 * Makes one report: walks the bucket page by page and writes what it finds as gzipped CSV, a file after so many lines,
 * then the manifest that names the files. Behind each file it notes where it is, and goes on from there after a
 * restart; a file that was begun twice has the same name twice. Source: spec/buckets.md §21.
 */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { BucketEntry } from '../../model/buckets.ts';
import { type Delivered, deliverObject, streamedBody, wholeBody } from '../../model/deliver-object.ts';
import { listObjects } from '../../model/listing/list-objects.ts';
import { listVersions } from '../../model/listing/list-versions.ts';
import type { Services } from '../../model/services.ts';
import type { InventoryConfiguration } from './configuration.ts';
import { matcherOf, type Table, tableOf, type Walked } from './rows.ts';
import { NO_TOTALS, type Progress, type ReportFile, type Totals } from './run-state.ts';

const PAGE_ROWS = 1_000;
/** Lines of one file: what is made again at most after a crash. */
export const FILE_LINES = 500_000;
const CSV = 'application/gzip';
const JSON_TYPE = 'application/json';
const TEXT = 'text/plain';

export interface Report {
  readonly services: Services;
  readonly source: BucketEntry;
  readonly destination: BucketEntry;
  readonly configuration: InventoryConfiguration;
  /** Midnight it is of, or when it was asked for, ms since the epoch. */
  readonly runMs: number;
  /** `YYYYMMDD` */
  readonly day: string;
  readonly fileLines: number;
  readonly signal: AbortSignal;
  readonly onProgress: (totals: Totals) => void;
  /** @throws what ends the report: it was changed, or taken away */
  readonly save: (progress: Progress) => Promise<void>;
}

/** The server closes: the report goes on from its last file later. */
export class ReportStopped extends Error {}

/** @param from what was noted of this very report */
export async function makeReport(report: Report, from: Progress | undefined): Promise<Totals> {
  const names = namesOf(report);
  const files = [...(from?.files ?? [])];
  const walk = new Walk(report, names.table, from);
  for (;;) {
    const first = await walk.lines();
    if (first === undefined) break;
    const file = await writeFile(report, walk, names.file(files.length), first);
    files.push({ size: file.size, md5: file.md5 });
    await report.save({ runMs: report.runMs, ...walk.place, files, totals: walk.totals });
  }
  await writeManifest(report, names, files, walk.totals);
  return walk.totals;
}

interface Names {
  readonly table: Table;
  readonly source: string;
  readonly file: (index: number) => string;
  readonly manifest: string;
  readonly checksum: string;
}

const plainName = (name: string, appid: string): string => name.slice(0, -appid.length - 1);

function namesOf({ source, configuration, runMs, day }: Report): Names {
  const { appid, name, id } = source.record;
  const bucket = plainName(name, appid);
  const given = configuration.destination.prefix ?? '';
  const prefix = given === '' || given.endsWith('/') ? given : `${given}/`;
  const folder = `${prefix}${appid}/${bucket}/${configuration.id}/`;
  return {
    table: tableOf(configuration, appid, bucket),
    source: bucket,
    file: (index) => `${folder}${md5(`${id.toString('hex')}/${configuration.id}/${runMs}/${index}`)}.csv.gz`,
    manifest: `${folder}${day}/manifest.json`,
    checksum: `${folder}${day}/manifest.checksum`,
  };
}

const md5 = (text: string | Buffer): string => createHash('md5').update(text).digest('hex');

/** The versions of a bucket that a report is about. */
class Walk {
  readonly #report: Report;
  readonly #table: Table;
  readonly #matches: ReturnType<typeof matcherOf>;
  #key: string;
  #versionId: string;
  #ended = false;
  #totals: Totals;

  constructor(report: Report, table: Table, from: Progress | undefined) {
    this.#report = report;
    this.#table = table;
    this.#matches = matcherOf(report.configuration);
    this.#key = from?.key ?? '';
    this.#versionId = from?.versionId ?? '';
    this.#totals = from?.totals ?? NO_TOTALS;
  }

  get totals(): Totals {
    return this.#totals;
  }

  /** The last version that was looked at. */
  get place(): { key: string; versionId: string } {
    return { key: this.#key, versionId: this.#versionId };
  }

  /** Lines of the next page that has any; undefined at the end. */
  async lines(): Promise<string[] | undefined> {
    const { signal, services, onProgress } = this.#report;
    while (!this.#ended) {
      if (signal.aborted) throw new ReportStopped();
      const lines = this.#take(await this.#page());
      onProgress(this.#totals);
      // Requests have their turn.
      await services.sleep(0);
      if (lines.length > 0) return lines;
    }
    return undefined;
  }

  #take(page: readonly Walked[]): string[] {
    let { listed, listedBytes, kept, keptBytes } = this.#totals;
    const lines: string[] = [];
    for (const walked of page) {
      const { size } = walked.record;
      listed += 1;
      listedBytes += size;
      if (!this.#matches(walked.record)) continue;
      kept += 1;
      keptBytes += size;
      lines.push(this.#table.line(walked));
    }
    this.#totals = { listed, listedBytes, kept, keptBytes };
    return lines;
  }

  async #page(): Promise<readonly Walked[]> {
    const { services, source, configuration } = this.#report;
    const query = { prefix: configuration.filter?.prefix ?? '', delimiter: '', limit: PAGE_ROWS };
    if (configuration.versions === 'Current') {
      const page = await listObjects(services, source.record.id, { ...query, after: this.#key });
      this.#ended = !page.truncated;
      this.#key = page.objects.at(-1)?.key ?? this.#key;
      return page.objects.map(({ key, record }) => ({ key, record, isLatest: true, versionId: '' }));
    }
    const markers = { keyMarker: this.#key, versionIdMarker: this.#versionId };
    const page = await listVersions(services, source, { ...query, ...markers });
    this.#ended = !page.truncated;
    if (page.versions.length > 0) {
      this.#key = page.nextKeyMarker;
      this.#versionId = page.nextVersionIdMarker;
    }
    return page.versions;
  }
}

function writeFile(report: Report, walk: Walk, key: string, first: readonly string[]): Promise<Delivered> {
  async function* content(): AsyncGenerator<string> {
    let lines: readonly string[] | undefined = first;
    let count = 0;
    while (lines !== undefined) {
      count += lines.length;
      yield lines.join('');
      lines = count < report.fileLines ? await walk.lines() : undefined;
    }
  }
  return deliver(
    report,
    key,
    CSV,
    streamedBody(() => gzipped(content())),
  );
}

async function* gzipped(content: AsyncIterable<string>): AsyncGenerator<Buffer> {
  const zip = createGzip();
  const fed = pipeline(content, zip);
  // It is told by the stream that is read.
  fed.catch(() => undefined);
  for await (const chunk of zip) yield chunk as Buffer;
  await fed;
}

function deliver(
  { services, destination, configuration }: Report,
  key: string,
  contentType: string,
  body: ReturnType<typeof wholeBody>,
): Promise<Delivered> {
  const encryption = configuration.destination.encrypted ? ({ mode: 'cos' } as const) : undefined;
  return deliverObject(services, destination, { key, contentType, body, encryption });
}

async function writeManifest(
  report: Report,
  { source, table, file, manifest, checksum }: Names,
  files: readonly ReportFile[],
  totals: Totals,
): Promise<void> {
  const { record: from } = report.source;
  const { record: to } = report.destination;
  const content = {
    sourceAppid: from.appid,
    sourceBucket: source,
    destinationAppid: to.appid,
    destinationBucket: plainName(to.name, to.appid),
    fileFormat: report.configuration.destination.format,
    listObjectCount: String(totals.listed),
    listStorageSize: String(totals.listedBytes),
    filterObjectCount: String(totals.kept),
    filterStorageSize: String(totals.keptBytes),
    fileSchema: table.columns.join(', '),
    files: files.map(({ size, md5: sum }, index) => ({ key: file(index), size: String(size), md5Checksum: sum })),
  };
  const text = Buffer.from(JSON.stringify(content, null, 2));
  await deliver(report, manifest, JSON_TYPE, wholeBody(text));
  await deliver(report, checksum, TEXT, wholeBody(Buffer.from(md5(text))));
}
