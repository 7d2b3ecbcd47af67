/**
 * `node scripts/bundle.mjs <dist>`: puts the modules of the two entries, `cli/main.js` and `testing/index.js`, into a few
 * files in their place. Reading and compiling 300 small files took half of the time of a start. The second entry becomes
 * CommonJS, which Jest needs and modules can import.
 */
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const dist = resolve(process.argv[2] ?? 'dist');
const aside = join(dist, 'bundle');

/** Packages stay outside, save the one of which most is not needed. */
const isExternal = (id) => /^[^./\0]/.test(id) && id !== 'zod' && !id.startsWith('zod/');
const LICENCE = '/*! holds zod, MIT License, Copyright (c) 2025 Colin McDonnell */';

/**
 * Writes one entry and its chunks into its folder.
 * @param {string} folder of `dist`
 * @param {string} entry name without its ending
 * @param {'esm' | 'cjs'} format
 * @param {string} ending of the files
 */
async function bundle(folder, entry, format, ending) {
  const options = { input: join(dist, folder, `${entry}.js`), platform: 'node', external: isExternal };
  const built = await rolldown(options);
  // Beside the entry: the way from a chunk to package.json is the same as from the module.
  await built.write({
    dir: aside,
    format,
    sourcemap: format === 'esm',
    entryFileNames: `[name].${ending}`,
    chunkFileNames: `chunk-[name]-[hash].${ending}`,
    banner: (chunk) => (chunk.moduleIds.some((id) => /[\\/]zod[\\/]/.test(id)) ? LICENCE : ''),
  });
  await built.close();
}

function putInPlace(folder) {
  for (const name of readdirSync(aside)) renameSync(join(aside, name), join(dist, folder, name));
  rmSync(aside, { recursive: true });
}

await bundle('cli', 'main', 'esm', 'js');
putInPlace('cli');
await bundle('testing', 'index', 'cjs', 'cjs');
putInPlace('testing');

// One implementation for both module systems, and declarations as each of them looks for them.
const testing = (name) => join(dist, 'testing', name);
writeFileSync(testing('index.js'), "export { startCosette } from './index.cjs';\n");
rmSync(testing('index.js.map'), { force: true });
const index = readFileSync(testing('index.d.ts'), 'utf8');
writeFileSync(testing('index.d.ts'), index.replaceAll("'./types.ts'", "'./types.js'"));
writeFileSync(testing('index.d.cts'), index.replaceAll("'./types.ts'", "'./types.cjs'"));
copyFileSync(testing('types.d.ts'), testing('types.d.cts'));
