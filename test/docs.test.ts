/** The documents name nothing that is not there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sources.ts';

const documents = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the documents', () => {
  it.each(documents)('%s links to files that exist', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
  });

  it('docs/INVARIANTS.md names tests that exist, each promise at least one', () => {
    const promises = read('docs/INVARIANTS.md').split('\n## ').slice(1);
    expect(promises.length).toBeGreaterThanOrEqual(7);
    for (const promise of promises) {
      const tests = [...promise.matchAll(/`((?:src|test)\/[^`]+\.ts)`/g)].map((match) => match[1]!);
      expect(tests.length, promise.split('\n')[0]).toBeGreaterThan(0);
      expect(tests.filter((test) => !existsSync(join(ROOT, test)))).toEqual([]);
    }
  });

  it('docs/dependencies.md has a row for each dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
    const text = read('docs/dependencies.md');
    const names = [...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})];
    // The second of the two SDKs stands in the row of the first.
    const missing = names.filter((name) => name !== 'cos-nodejs-sdk-v5-2' && !text.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });

  it('both READMEs have the same parts', () => {
    const shape = (path: string) =>
      read(path)
        .split('\n')
        .filter((line) => /^(#+ |\||```)/.test(line))
        .map((line) => line.replace(/[^#|`].*/, ''));
    expect(shape('README.zh-CN.md')).toEqual(shape('README.md'));
  });
});
