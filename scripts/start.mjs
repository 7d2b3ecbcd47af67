/**
 * `npm start [-- args]`: builds what is needed, then serves. `--cli` as first argument passes the rest to the command
 * line as it stands (`npm run cosette -- args`). The program runs in this process: signals and exit codes are its own.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root } from './ensure.mjs';

ensureInstalled();
ensureBuilt();

const args = process.argv.slice(2);
const entry = join(root, 'dist', 'cli', 'main.js');
process.argv = [process.execPath, entry, ...(args[0] === '--cli' ? args.slice(1) : ['serve', ...args])];
await import(pathToFileURL(entry).href);
