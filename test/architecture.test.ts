import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../src/operations/registry.ts';
import { S3_OPERATIONS } from '../src/operations/s3-registry.ts';
import { brokenBans, brokenImports, type Sources, tooLong } from './architecture-rules.ts';
import { ROOT, readSources } from './sources.ts';

const sources = readSources(['src'], (path) => path.endsWith('.ts'));
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
const packages = new Set(Object.keys(dependencies));

describe('the architecture', () => {
  it('has imports that point down only', () => {
    expect(sources.size).toBeGreaterThan(100);
    expect(brokenImports(sources, packages)).toEqual([]);
  });

  it('takes time, chance and timers from below', () => {
    expect(brokenBans(sources)).toEqual([]);
  });

  it('has small files', () => {
    expect(tooLong(sources)).toEqual([]);
  });

  it('registers every operation that is declared', async () => {
    const registered = new Set<unknown>([...OPERATIONS, ...S3_OPERATIONS]);
    const forgotten: string[] = [];
    let declared = 0;
    for (const path of sources.keys()) {
      if (!path.startsWith('src/operations/') || path.endsWith('.test.ts')) continue;
      const module = (await import(/* @vite-ignore */ join(ROOT, path))) as Record<string, unknown>;
      for (const [name, value] of Object.entries(module)) {
        if (typeof value !== 'object' || value === null || !('needsBucket' in value)) continue;
        declared += 1;
        if (!registered.has(value)) forgotten.push(`${path}: ${name}`);
      }
    }
    expect(forgotten).toEqual([]);
    expect(declared).toBe(registered.size);
  });
});

describe('the rules', () => {
  const one = (path: string, text: string): Sources => new Map([[path, text]]);

  it.each([
    ['src/store/a.ts', "import { x } from '../errors/cos-error.ts';", 'store must not know errors'],
    ['src/store/a.ts', "import type { X } from '../model/x.ts';", 'store must not know model'],
    ['src/store/local/a.ts', "import type { X } from '../../model/x.ts';", 'store must not know model'],
    ['src/platform/a.ts', "export * from '../errors/codes.ts';", 'platform must not know errors'],
    ['src/errors/a.ts', "import '../platform/clock.ts';", 'errors must not know platform'],
    ['src/model/a.ts', "import { x } from '../operations/x.ts';", 'model must not know operations'],
    ['src/operations/a.ts', "import { x } from '../http/x.ts';", 'operations must not know http'],
    ['src/operations/a.ts', "const x = await import('../cos/x.ts');", 'operations must not know cos'],
    ['src/http/a.ts', "import {\n  x,\n} from '../model/x.ts';", 'http must not know model'],
    ['src/cos/a.ts', "import { x } from '../s3/x.ts';", 'cos must not know s3'],
    ['src/cos/a.ts', "import { x } from '../server/x.ts';", 'cos must not know server'],
    ['src/odd/a.ts', '', 'odd is no layer'],
    ['src/cli/a.ts', "import { x } from './x.test.ts';", 'a test is not a module'],
    ['src/cli/a.ts', "import { x } from '../store/conformance/harness.ts';", 'suites and fixtures are for tests'],
    ['src/cli/a.ts', "import { x } from '../../test/x.ts';", 'the product is in src'],
    ['src/store/memory/a.ts', "import { open } from 'lmdb';", 'only the local engine'],
    ['src/cli/a.ts', "import { x } from 'left-pad';", 'declared dependencies'],
    ['src/cli/a.ts', "import { x } from 'fs';", 'declared dependencies'],
  ])('refuse in %s: %s', (path, text, reason) => {
    expect(brokenImports(one(path, text), packages)).toEqual([expect.stringContaining(reason)]);
  });

  it.each([
    ['src/store/local/a.ts', "import { open } from 'lmdb';\nimport { join } from 'node:path';"],
    ['src/store/local/a.test.ts', "import { x } from '../conformance/harness.ts';\nimport { it } from 'vitest';"],
    ['src/cos/a.ts', "import { x } from '../http/x.ts';\n// import { y } from '../s3/y.ts';"],
    ['src/testing/a.ts', "import { x } from '../server/x.ts';"],
  ])('allow in %s: %s', (path, text) => {
    expect(brokenImports(one(path, text), packages)).toEqual([]);
  });

  it.each([
    ['src/model/a.ts', 'const now = Date.now();'],
    ['src/http/a.ts', 'const now = new Date();'],
    ['src/store/a.ts', 'const id = Math.random();'],
    ['src/access/a.ts', 'setTimeout(() => undefined, 1);'],
  ])('ban in %s: %s', (path, text) => {
    expect(brokenBans(one(path, text))).toHaveLength(1);
  });

  it.each([
    ['src/platform/a.ts', 'const now = Date.now();'],
    ['src/model/a.test.ts', 'const now = Date.now();'],
    ['src/model/a.ts', '/** Not Date.now() */\nconst at = new Date(ms); // nor Date.now()'],
    ['src/http/a.ts', 'setTimeout(() => undefined, 1);'],
  ])('do not ban in %s: %s', (path, text) => {
    expect(brokenBans(one(path, text))).toEqual([]);
  });

  it('find files that are too long, except tables', () => {
    const text = 'x\n'.repeat(401);
    expect(tooLong(one('src/model/a.ts', text))).toHaveLength(1);
    expect(tooLong(one('src/errors/seed-rows.ts', text))).toEqual([]);
    expect(tooLong(one('src/model/a.ts', 'x\n'.repeat(400)))).toEqual([]);
  });
});
