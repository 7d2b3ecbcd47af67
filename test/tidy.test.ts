import { describe, expect, it } from 'vitest';
import { readSources } from './sources.ts';

const TEXT = /\.(?:ts|mjs|js|json|md|ya?ml|html|css|py|go)$/;
const files = readSources(['src', 'test', 'bench', 'conformance', 'scripts', 'docs', 'examples'], (path) =>
  TEXT.test(path),
);

/** Spelt in pieces, so that this file keeps its own rules. */
const UNFINISHED = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
const MACHINE_PATH = new RegExp(`/(?:${['wo' + 'rk', 'ho' + 'me', 'ro' + 'ot'].join('|')})/`);
const LEFT_OUT = /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo)\b/;
const TRAILING = /[ \t]$/;

interface Finding {
  readonly where: string;
  readonly line: string;
}

/** Lines of files that match. */
function linesWith(pattern: RegExp, all: ReadonlyMap<string, string> = files): Finding[] {
  const found: Finding[] = [];
  for (const [path, text] of all) {
    for (const [at, line] of text.split('\n').entries()) {
      if (pattern.test(line)) found.push({ where: `${path}:${at + 1}`, line: line.trim().slice(0, 120) });
    }
  }
  return found;
}

function undocumented(all: ReadonlyMap<string, string>): string[] {
  return [...all]
    .filter(([path, text]) => /^src\/.*\.ts$/.test(path) && !path.endsWith('.test.ts') && !text.includes('/**'))
    .map(([path]) => path);
}

describe('the tree', () => {
  it('has nothing unfinished', () => {
    expect(files.size).toBeGreaterThan(100);
    expect(linesWith(UNFINISHED)).toEqual([]);
  });

  it('leaves no test out', () => expect(linesWith(LEFT_OUT)).toEqual([]));

  it('names no path of a machine', () => expect(linesWith(MACHINE_PATH)).toEqual([]));

  it('has no trailing blanks, and files end with one newline', () => {
    expect(linesWith(TRAILING)).toEqual([]);
    const ends = [...files].filter(([, text]) => text !== '' && (!text.endsWith('\n') || text.endsWith('\n\n')));
    expect(ends.map(([path]) => path)).toEqual([]);
  });

  it('says in every source file what it is for', () => {
    expect(undocumented(files)).toEqual([]);
  });
});

describe('the rules', () => {
  it.each([
    [UNFINISHED, `// ${'TO' + 'DO'}: later`],
    [LEFT_OUT, `describe.${'only'}('x')`],
    [LEFT_OUT, `it.each.${'skip'}([])`],
    [MACHINE_PATH, `cd /${'wo' + 'rk'}/main`],
    [TRAILING, 'const x = 1; '],
  ])('%s finds %j', (pattern, line) => {
    expect(linesWith(pattern, new Map([['a.ts', `first\n${line}\n`]]))).toMatchObject([{ where: 'a.ts:2' }]);
  });

  it('find a source file without a doc comment', () => {
    const text = 'export const x = 1;\n';
    expect(
      undocumented(
        new Map([
          ['src/a.ts', text],
          ['src/a.test.ts', text],
          ['test/b.ts', text],
        ]),
      ),
    ).toEqual(['src/a.ts']);
  });
});
