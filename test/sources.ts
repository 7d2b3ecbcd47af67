import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the clone. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Reads all files under the folders (those that exist): path from the root with `/` → text. */
export function readSources(folders: readonly string[], wanted: (path: string) => boolean): Map<string, string> {
  const out = new Map<string, string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = join(folder, entry.name);
      const path = relative(ROOT, full).split(sep).join('/');
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) walk(full);
      } else if (wanted(path)) out.set(path, readFileSync(full, 'utf8'));
    }
  };
  const present = new Set(readdirSync(ROOT));
  for (const folder of folders) if (present.has(folder)) walk(join(ROOT, folder));
  return out;
}
