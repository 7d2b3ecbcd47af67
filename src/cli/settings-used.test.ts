/** A setting that is accepted has an effect: each one is read somewhere outside of the configuration itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTINGS } from '../platform/config/index.ts';

function sources(folder: string): string {
  let text = '';
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && path !== 'src/platform/config') text += sources(path);
    else if (entry.isFile() && path.endsWith('.ts') && !path.endsWith('.test.ts')) text += readFileSync(path, 'utf8');
  }
  return text;
}

it('every setting is read by something', () => {
  const text = sources('src');
  const unread = SETTINGS.filter(({ path }) => !new RegExp(`\\b${path.at(-1)}\\b`).test(text)).map(({ name }) => name);
  expect(unread).toEqual([]);
});
