/** The rules of the architecture as functions over sources: path from the root → text. Each broken rule is a line. */

export type Sources = ReadonlyMap<string, string>;

interface Layer {
  readonly mayImport: readonly string[];
  /** Why the layer knows no more. */
  readonly reason: string;
}

const SEMANTICS = ['model', 'access', 'features'] as const;
const BELOW_OPERATIONS = [...SEMANTICS, 'store', 'platform', 'errors'];
const semantics: Layer = {
  mayImport: BELOW_OPERATIONS,
  reason: 'semantics stand on ports alone, so that every dialect and every engine has the same ones',
};
const dialect: Layer = {
  mayImport: ['http', 'operations', ...BELOW_OPERATIONS],
  reason:
    'a dialect turns requests into operation inputs and results into answers; it knows no other dialect, no server',
};
const besideCos: Layer = {
  mayImport: ['cos', ...dialect.mayImport],
  reason: 'a host beside those of buckets signs and answers as the dialect of COS does, and knows no server',
};
const besideCosInS3: Layer = {
  mayImport: ['cos', 'sts', ...dialect.mayImport],
  reason: 'S3 says in other words what the dialects of COS read and write; they do not know that it does',
};
const entry: Layer = {
  mayImport: [
    'cli',
    'testing',
    'server',
    'cos',
    's3',
    'sts',
    'cos-control',
    'migration',
    'http',
    'operations',
    ...BELOW_OPERATIONS,
  ],
  reason: 'entries put everything together',
};

const LAYERS: Readonly<Record<string, Layer>> = {
  platform: { mayImport: [], reason: 'the platform knows Node only' },
  errors: { mayImport: [], reason: 'errors is a leaf that every layer above the ports may name' },
  store: { mayImport: ['platform'], reason: 'ports and engines know nothing of COS, so that they can be replaced' },
  model: semantics,
  access: semantics,
  features: semantics,
  operations: {
    mayImport: BELOW_OPERATIONS,
    reason: 'an operation never sees a header: COS and S3 decode into the same input',
  },
  http: {
    mayImport: ['errors', 'platform'],
    reason: 'the wire knows HTTP only, so that another transport can replace it',
  },
  cos: dialect,
  s3: besideCosInS3,
  sts: dialect,
  'cos-control': besideCos,
  migration: besideCos,
  cli: entry,
  testing: entry,
  server: entry,
};

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g;
const isTest = (path: string) => path.endsWith('.test.ts');
/** Suites and what tests share: left out of the build (tsconfig.build.json), so that nothing else can import them. */
const isTestSupport = (path: string) =>
  path.startsWith('src/store/conformance/') || /\/(?:harness|fixture)\.ts$/.test(path);

/** Imports that break a rule. @param packages names of `dependencies` */
export function brokenImports(sources: Sources, packages: ReadonlySet<string>): string[] {
  const broken: string[] = [];
  for (const [path, text] of sources) {
    const layer = layerOf(path);
    const rules = LAYERS[layer];
    if (rules === undefined) {
      broken.push(`${path}: ${layer} is no layer of the architecture`);
      continue;
    }
    for (const specifier of importsOf(text)) {
      const deny = (reason: string) => broken.push(`${path} imports ${specifier}: ${reason}`);
      if (!specifier.startsWith('.')) {
        const name = packageOf(specifier);
        if (name === 'lmdb' && !path.startsWith('src/store/local/')) deny('only the local engine knows its index');
        const product = !isTest(path) && !isTestSupport(path) && !specifier.startsWith('node:');
        if (product && !packages.has(name)) deny('the product uses declared dependencies and names built-ins node:…');
        continue;
      }
      const target = resolve(path, specifier);
      if (isTest(target)) deny('a test is not a module');
      if (isTestSupport(target) && !isTest(path) && !isTestSupport(path)) deny('suites and fixtures are for tests');
      if (!target.startsWith('src/')) {
        if (!isTest(path)) deny('the product is in src');
        continue;
      }
      const other = layerOf(target);
      if (other !== layer && !rules.mayImport.includes(other)) deny(`${layer} must not know ${other}; ${rules.reason}`);
    }
  }
  return broken;
}

interface Ban {
  readonly pattern: RegExp;
  readonly layers: readonly string[];
  readonly reason: string;
  /** Files that may, and why. */
  readonly except: Readonly<Record<string, string>>;
}

const ABOVE_PLATFORM = Object.keys(LAYERS).filter((layer) => layer !== 'platform');

export const BANS: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(|\bprocess\.hrtime\b/,
    layers: ABOVE_PLATFORM,
    reason: 'time comes from the clock that was given, so that tests and the test profile can set it',
    except: {},
  },
  {
    pattern: /\bMath\.random\(|\brandomUUID\b/,
    layers: ABOVE_PLATFORM,
    reason: 'ids and chance come from the platform, so that tests can repeat them',
    except: {},
  },
  {
    pattern: /\bset(?:Timeout|Interval)\(/,
    layers: ['operations', ...SEMANTICS],
    reason: 'semantics own no timer: what waits is given to them',
    except: {},
  },
  {
    pattern: /'(?:x-(?:cos|amz)-|content-|if-)[a-z-]*'/i,
    layers: ['operations', ...SEMANTICS],
    reason: 'header names belong to the dialects: both decode into the same inputs and encode the same results',
    except: { 'src/features/notifications/event.ts': 'the events of COS have a field of that name' },
  },
];

/** Uses of what a layer must not touch, outside comments and tests. */
export function brokenBans(sources: Sources, bans: readonly Ban[] = BANS): string[] {
  const broken: string[] = [];
  for (const [path, text] of sources) {
    if (isTest(path) || isTestSupport(path)) continue;
    const code = withoutComments(text);
    for (const { pattern, layers, reason, except } of bans) {
      const found = pattern.exec(code);
      if (found === null || !layers.includes(layerOf(path)) || path in except) continue;
      broken.push(`${path} uses ${found[0]}: ${reason}`);
    }
  }
  return broken;
}

const MOST_LINES = 400;
/** Tables grow with what they list. */
const TABLES = /^src\/errors\/\w+-rows\.ts$/;

export function tooLong(sources: Sources): string[] {
  return [...sources]
    .map(([path, text]) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > MOST_LINES && !TABLES.test(path))
    .map(({ path, lines }) => `${path} has ${lines} lines: one idea a file, at most ${MOST_LINES} lines`);
}

function layerOf(path: string): string {
  return path.split('/')[1]!;
}

function importsOf(text: string): string[] {
  return [...withoutComments(text).matchAll(IMPORT)].map((match) => match[1]!);
}

/** Strings that hold comment marks are none of our style; a `//` inside a word (a URL) stays. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function packageOf(specifier: string): string {
  const [scope, name] = specifier.split('/');
  return specifier.startsWith('@') ? `${scope}/${name}` : scope!;
}

function resolve(from: string, specifier: string): string {
  const path = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') path.pop();
    else if (part !== '.') path.push(part);
  }
  return path.join('/');
}
