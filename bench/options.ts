/** The command line of the bench. */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly quick: boolean;
  readonly json: boolean;
  /** Compare requests of S3 with those of COS instead of both with the bare server. */
  readonly s3: boolean;
  /** Exit 1 when a floor is missed. */
  readonly enforce: boolean;
  /** Parts of names of the rows to measure; empty: all. */
  readonly only: readonly string[];
  /** On the disk that is to be measured. */
  readonly folder: string;
  /** Flags of `cosette serve`. */
  readonly serve: readonly string[];
}

export const USAGE = `usage: npm run bench -- [options] [-- flags of cosette serve]
  --quick         fewer rows, lists of at most 20,000 keys; under 90 seconds
  --s3            requests of Amazon S3, with and without the digest of the body, beside those of COS
  --only <text>   rows whose name has this text (may be repeated), for example "PUT 4 KiB"
  --folder <dir>  where to put the data, on the disk that is to be measured (default: the system's temporary folder)
  --json          print one JSON document instead of tables
  --enforce       exit 1 when a floor is missed`;

/** @throws TypeError for an unknown option */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const cut = args.indexOf('--');
  const own = cut < 0 ? args : args.slice(0, cut);
  const { values } = parseArgs({
    args: [...own],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      s3: { type: 'boolean', default: false },
      enforce: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      folder: { type: 'string', default: tmpdir() },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { quick, json, s3, enforce, only, folder } = values;
  return { quick, json, s3, enforce, only, folder, serve: cut < 0 ? [] : args.slice(cut + 1) };
}
