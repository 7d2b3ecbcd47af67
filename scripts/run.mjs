/**
 * `node scripts/run.mjs path/file.ts args…`: runs a TypeScript program of this clone that is not part of the product
 * (bench, crash test, generators). Installs and builds first: `dist` holds the product as it would be published, and
 * the program's own modules are compiled beside each other into a cache. The working folder is the root of the clone;
 * programs find data files from there, not from their compiled place.
 */
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, ensureTools, root, toolsDir } from './ensure.mjs';

const [file, ...args] = process.argv.slice(2);
if (file === undefined || !file.endsWith('.ts')) {
  console.error('usage: node scripts/run.mjs path/file.ts [args…]');
  process.exit(2);
}
const path = relative(root, resolve(file));
if (path.startsWith('..') || !existsSync(join(root, path))) {
  console.error(`cosette: ${file} is no file of this clone`);
  process.exit(2);
}
ensureInstalled();
ensureBuilt();
ensureTools();
process.chdir(root);
const entry = join(toolsDir, path.replace(/\.ts$/, '.js'));
process.argv = [process.execPath, entry, ...args];
await import(pathToFileURL(entry).href);
