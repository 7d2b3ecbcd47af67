/** What a sequence is made of. Choices that depend on the state are numbers, taken modulo what there is at that time. */
import fc from 'fast-check';
import { KEYS, LIMITS } from './settings.ts';

/** Which ETag a condition names. */
export type TagChoice = 'current' | 'other' | 'several' | 'bare' | 'weak-other' | '*';
/** A date beside the modification time of the object in question, s. */
export type DateChoice = -1 | 0 | 1;

export interface ConditionChoice {
  readonly ifMatch?: TagChoice | undefined;
  readonly ifNoneMatch?: TagChoice | undefined;
  readonly ifModifiedSince?: DateChoice | undefined;
  readonly ifUnmodifiedSince?: DateChoice | undefined;
}

export type GuardChoice = 'none' | 'forbid-overwrite' | 'if-absent' | 'if-match' | 'if-match-other' | 'if-exists';

/** `none`: the newest. `known` picks among all ids that were ever given out, for this key first. */
export type VersionChoice = 'none' | 'null' | 'malformed' | { readonly known: number };

export interface AttributeChoice {
  readonly contentType?: string | undefined;
  readonly note?: string | undefined;
  readonly storageClass?: string | undefined;
}

/** A key as it is, or one of those that the bucket holds. */
export type KeyChoice = string | { readonly held: number };

export interface SourceChoice {
  readonly key: KeyChoice;
  readonly version: VersionChoice;
  readonly conditions: ConditionChoice;
}

export interface BodyChoice {
  /** bytes */
  readonly size: number;
  readonly fill: number;
}

export interface TargetChoice {
  readonly key: KeyChoice;
  readonly version: VersionChoice;
  readonly ifMatch: TagChoice | undefined;
}

/** `pick` among all uploads that ever were; `elsewhere` addresses one by another key. */
export interface UploadChoice {
  readonly pick: number;
  readonly elsewhere: boolean;
}

export interface ListChoice {
  readonly prefix: string;
  readonly delimiter: string;
  readonly marker: string;
  readonly id: number | undefined;
  readonly max: number | undefined;
  readonly encoded: boolean;
  /** Goes on to the last page. */
  readonly walk: boolean;
}

export type Command =
  | {
      readonly op: 'put';
      readonly key: string;
      readonly body: BodyChoice;
      readonly attributes: AttributeChoice;
      readonly guard: GuardChoice;
    }
  | {
      readonly op: 'copy';
      /** undefined: onto itself */
      readonly key: string | undefined;
      readonly source: SourceChoice;
      readonly replace: boolean;
      readonly attributes: AttributeChoice;
      readonly guard: GuardChoice;
    }
  | {
      readonly op: 'append';
      readonly key: string;
      readonly body: BodyChoice;
      readonly offset: number;
      readonly attributes: AttributeChoice;
    }
  | { readonly op: 'initiate'; readonly key: string; readonly attributes: AttributeChoice; readonly guard: GuardChoice }
  | { readonly op: 'part'; readonly upload: UploadChoice; readonly number: number; readonly body: BodyChoice }
  | {
      readonly op: 'part-copy';
      readonly upload: UploadChoice;
      readonly number: number;
      readonly source: SourceChoice;
      readonly range: readonly [first: number, last: number] | undefined;
    }
  | {
      readonly op: 'complete';
      readonly upload: UploadChoice;
      /** undefined: all parts there are; `again`: the list of the last Complete of this upload. */
      readonly numbers: readonly number[] | 'again' | undefined;
      readonly wrongEtag: boolean;
      readonly spelling: 'quoted' | 'bare' | 'upper';
      readonly guard: GuardChoice;
    }
  | { readonly op: 'abort'; readonly upload: UploadChoice }
  | {
      readonly op: 'list-parts';
      readonly upload: UploadChoice;
      readonly marker: number;
      readonly max: number | undefined;
    }
  | { readonly op: 'delete'; readonly target: TargetChoice }
  | { readonly op: 'delete-several'; readonly targets: readonly TargetChoice[]; readonly quiet: boolean }
  | { readonly op: 'versioning'; readonly status: 'enabled' | 'suspended' }
  | {
      readonly op: 'read';
      readonly method: 'GET' | 'HEAD';
      readonly key: KeyChoice;
      readonly version: VersionChoice;
      readonly range: string | undefined;
      readonly conditions: ConditionChoice;
    }
  | { readonly op: 'list'; readonly what: 'objects' | 'versions' | 'uploads'; readonly query: ListChoice }
  | { readonly op: 'delete-bucket' }
  | { readonly op: 'reap' }
  | { readonly op: 'wait'; readonly ms: number };

const maybe = <T>(arb: fc.Arbitrary<T>, chance = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: chance, arbitrary: arb });

const key = fc.oneof(
  ...KEYS.map((name, at) => ({ weight: at === 0 ? 12 : at < 4 ? 3 : 1, arbitrary: fc.constant(name) })),
);
const body = fc.record({
  size: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(0, 1, 5, LIMITS.minPartBytes - 1, LIMITS.minPartBytes, 15, 16, 17, 40) },
    { weight: 1, arbitrary: fc.constantFrom(LIMITS.singleUploadBytes, LIMITS.singleUploadBytes + 1) },
  ),
  fill: fc.nat(5),
});
const attributes: fc.Arbitrary<AttributeChoice> = fc.record({
  contentType: maybe(fc.constantFrom('text/x-one', 'text/x-two')),
  note: maybe(fc.constantFrom('first', 'second')),
  storageClass: maybe(fc.constantFrom('STANDARD', 'STANDARD_IA')),
});
const guard = fc.oneof(
  { weight: 8, arbitrary: fc.constant<GuardChoice>('none') },
  {
    weight: 3,
    arbitrary: fc.constantFrom<GuardChoice>('forbid-overwrite', 'if-absent', 'if-match', 'if-match-other', 'if-exists'),
  },
);
const version = fc.oneof<fc.Arbitrary<VersionChoice>[]>(
  { weight: 6, arbitrary: fc.constant<VersionChoice>('none') } as never,
  { weight: 4, arbitrary: fc.record({ known: fc.nat(20) }) } as never,
  { weight: 2, arbitrary: fc.constant<VersionChoice>('null') } as never,
  { weight: 1, arbitrary: fc.constant<VersionChoice>('malformed') } as never,
);
const tag = fc.constantFrom<TagChoice>('current', 'other', 'several', 'bare', 'weak-other', '*');
const date = fc.constantFrom<DateChoice>(-1, 0, 1);
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant<ConditionChoice>({}) },
  {
    weight: 1,
    arbitrary: fc.record<ConditionChoice>({
      ifMatch: maybe(tag),
      ifNoneMatch: maybe(tag),
      ifModifiedSince: maybe(date),
      ifUnmodifiedSince: maybe(date),
    }),
  },
);
const held = fc.oneof<fc.Arbitrary<KeyChoice>[]>(key, fc.record({ held: fc.nat(20) }), fc.record({ held: fc.nat(20) }));
const source = fc.record({ key: held, version, conditions });
const upload = fc.record({ pick: fc.nat(20), elsewhere: fc.integer({ min: 0, max: 19 }).map((n) => n === 0) });
const partNumber = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 4, 10_000, 10_001) },
);
const target = fc.record({ key: held, version, ifMatch: maybe(tag) });
const range = fc.constantFrom(
  ...['bytes=0-0', 'bytes=1-3', 'bytes=2-', 'bytes=-2', 'bytes=-0', 'bytes=-500', 'bytes=7-900', 'bytes=16-40'],
  ...['bytes=500-', 'bytes=5-2', 'bytes=0-1,3-4', 'bytes=-', 'lines=0-1', 'bytes=9-20'],
);
const query: fc.Arbitrary<ListChoice> = fc.record({
  prefix: fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 3, arbitrary: fc.constantFrom('a', 'a/', 'a//', 'b', '😀', 'none') },
  ),
  delimiter: fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 4, arbitrary: fc.constant('/') },
    { weight: 1, arbitrary: fc.constantFrom('b', '😀', '//') },
  ),
  marker: fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 3, arbitrary: fc.constantFrom(...KEYS) },
    { weight: 1, arbitrary: fc.constantFrom('A', 'a/a', 'a/c', 'zz', '\u{10ffff}') },
  ),
  id: maybe(fc.nat(20)),
  max: fc.constantFrom(1, 2, 3, undefined, undefined, 0),
  encoded: fc.boolean(),
  walk: fc.boolean(),
});

const op = <T extends Command['op']>(name: T) => fc.constant(name);
const put = fc.record({ op: op('put'), key, body, attributes, guard });
const remove = fc.record({ op: op('delete'), target });
const versioning = fc.record({
  op: op('versioning'),
  status: fc.constantFrom('enabled' as const, 'suspended' as const),
});
const append = fc.record({ op: op('append'), key, body, offset: fc.constantFrom(0, 0, 0, 0, 1, 7), attributes });
const initiate = fc.record({ op: op('initiate'), key, attributes, guard });
const part = fc.record({ op: op('part'), upload, number: partNumber, body });
const complete = fc.record({
  ...{ op: op('complete'), upload, guard },
  numbers: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constant('again' as const) },
    { weight: 2, arbitrary: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }) },
  ),
  wrongEtag: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  spelling: fc.constantFrom('quoted' as const, 'bare' as const, 'upper' as const),
});
/** The upload that was initiated last, whether or not it has ended. */
const YOUNGEST: UploadChoice = { pick: 15, elsewhere: false };
const COMMANDS: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<Command>])[] = [
  [14, put],
  [6, fc.record({ op: op('copy'), key: maybe(key, 5), source, replace: fc.boolean(), attributes, guard })],
  [4, append],
  [2, initiate],
  [5, part],
  [
    4,
    fc.record({
      ...{ op: op('part-copy'), upload, number: partNumber, source },
      range: maybe(fc.tuple(fc.nat(10), fc.nat(20)), 4),
    }),
  ],
  [4, complete],
  [2, fc.record({ op: op('abort'), upload })],
  [3, fc.record({ op: op('list-parts'), upload, marker: fc.nat(3), max: fc.constantFrom(1, 2, undefined, 0) })],
  [7, remove],
  [
    3,
    fc.record({
      op: op('delete-several'),
      targets: fc.array(target, { minLength: 1, maxLength: 5 }),
      quiet: fc.boolean(),
    }),
  ],
  [4, versioning],
  [
    10,
    fc.record({
      ...{ op: op('read'), key: held, version, conditions },
      method: fc.constantFrom('GET' as const, 'HEAD' as const),
      range: maybe(range, 2),
    }),
  ],
  [
    9,
    fc.record({
      op: op('list'),
      what: fc.constantFrom('objects' as const, 'versions' as const, 'uploads' as const),
      query,
    }),
  ],
  [1, fc.record({ op: op('delete-bucket') })],
  [2, fc.record({ op: op('reap') })],
  [5, fc.record({ op: op('wait'), ms: fc.constantFrom(1, 400, 1_000, 1_700, -1_500, 3_600_000) })],
];

/** Commands that belong together, so that long stories are not left to luck. */
const multipart = fc
  .tuple(
    initiate,
    fc.array(part, { minLength: 1, maxLength: 3 }),
    complete,
    fc.constantFrom('open' as const, 'once' as const, 'again' as const, 'too late' as const),
  )
  .map(([first, parts, last, end]): Command[] => {
    const commands: Command[] = [first, ...parts.map((one, at) => ({ ...one, upload: YOUNGEST, number: at + 1 }))];
    if (end === 'open') return commands;
    const again: Command = { ...last, upload: YOUNGEST, numbers: 'again', wrongEtag: false };
    commands.push({ ...last, upload: YOUNGEST });
    if (end === 'too late') commands.push({ op: 'wait', ms: 3_600_000 });
    return end === 'once' ? commands : [...commands, again];
  });
const appends = fc
  .tuple(key, fc.array(append, { minLength: 2, maxLength: 4 }))
  .map(([at, pieces]): Command[] => pieces.map((piece) => ({ ...piece, key: at })));

const history = fc
  .tuple(
    key,
    versioning,
    fc.array(fc.oneof<fc.Arbitrary<Command>[]>(put, remove, remove, versioning), { minLength: 2, maxLength: 6 }),
  )
  .map(([at, first, rest]): Command[] => [
    first,
    ...rest.map((one): Command => {
      if (one.op === 'put') return { ...one, key: at, guard: 'none' };
      return one.op === 'delete' ? { ...one, target: { ...one.target, key: at } } : one;
    }),
  ]);

export interface Sequence {
  readonly profile: 'seed' | 'current';
  readonly commands: readonly Command[];
}

/** @param most blocks of one sequence: commands, or a few that belong together */
export function sequences(most: number): fc.Arbitrary<Sequence> {
  const command = fc.oneof(...COMMANDS.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  const block = fc.oneof(
    { weight: 16, arbitrary: command.map((one) => [one]) },
    { weight: 1, arbitrary: multipart },
    { weight: 1, arbitrary: appends },
    { weight: 2, arbitrary: history },
  );
  return fc.record({
    profile: fc.constantFrom('seed' as const, 'current' as const),
    commands: fc.array(block, { minLength: 1, maxLength: most, size: 'max' }).map((blocks) => blocks.flat()),
  });
}
