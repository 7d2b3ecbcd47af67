/** A certificate and its key in two files, which somebody else writes and renews. */
import { readFileSync, statSync } from 'node:fs';

export interface PairFiles {
  /** PEM, intermediate certificates behind the server's. */
  readonly cert: string;
  /** PEM */
  readonly key: string;
}

/** Another text once one of the files has changed. @throws Node's own errors */
export function versionOf({ cert, key }: PairFiles): string {
  return [cert, key]
    .map((file) => statSync(file))
    .map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`)
    .join();
}

/** @throws Node's own errors */
export function readPair({ cert, key }: PairFiles): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}
