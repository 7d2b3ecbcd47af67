/** What holds for every input: round trips, independence of the chunks, no surprise from any expression. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import { type Options, request, select } from './fixture.ts';
import { CsvReader } from './input/csv-reader.ts';
import { JsonDocuments } from './input/json-documents.ts';
import { parseJson } from './input/json-parser.ts';
import { jsonText } from './output/texts.ts';
import { csvInput } from './parameters.ts';
import { planSelect } from './plan.ts';

describe('CSV', () => {
  const formats = fc.constantFrom(
    {},
    { recordDelimiter: '\r\n', fieldDelimiter: '\t' },
    { recordDelimiter: ';;', fieldDelimiter: '|', quoteCharacter: "'" },
    { quoteEscapeCharacter: '\\' },
  );
  const field = fc.string({
    unit: fc.constantFrom('a', '1', ' ', ',', '\t', '|', '"', "'", '\\', '\n', '\r', ';', 'é', '😀'),
    maxLength: 6,
  });
  // A lone empty field would be an empty line; a record that starts like a comment is one.
  const records = fc.array(
    fc.array(field, { minLength: 2, maxLength: 4 }).map((fields) => [`x${fields[0]}`, ...fields.slice(1)]),
    { maxLength: 5 },
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

  it('reads what it writes, in whatever pieces', () => {
    fc.assert(
      fc.asyncProperty(
        records,
        formats,
        fc.constantFrom('ALWAYS', 'ASNEEDED'),
        sizes,
        async (rows, format, quoteFields, lengths) => {
          const lines = rows.map((row) => JSON.stringify(row)).join('\n');
          const written = await select('SELECT * FROM COSObject', lines, {
            json: 'lines',
            to: { ...format, quoteFields },
          });
          expect(readInPieces(written, { ...format, allowQuotedRecordDelimiter: 'TRUE' }, lengths)).toEqual(rows);
        },
      ),
    );
  });

  it('selects the same whatever the chunks of the object', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', '#', 'é', '\r'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, sizes, fc.boolean(), async (object, chunks, quoted) => {
        const options: Options = { csv: { allowQuotedRecordDelimiter: String(quoted) } };
        const whole = await select('SELECT * FROM COSObject', object, options);
        expect(await select('SELECT * FROM COSObject', object, { ...options, chunks })).toBe(whole);
        const pieces = attempt(() => readInPieces(object, options.csv!, chunks));
        expect(pieces).toEqual(attempt(() => readInPieces(object, options.csv!, [1000])));
      }),
      { numRuns: 300 },
    );
  });

  function readInPieces(text: string, format: Parameters<typeof csvInput>[0], lengths: readonly number[]): string[][] {
    const reader = new CsvReader(csvInput(format));
    const read: string[][] = [];
    for (const piece of piecesOf(text, lengths)) read.push(...reader.feed(piece));
    return [...read, ...reader.end()];
  }
});

describe('JSON', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });

  it('writes what it reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const value = JSON.parse(text) as unknown;
        expect(JSON.parse(jsonText(parseJson(text)))).toEqual(value);
        expect(JSON.parse(jsonText(parseJson(JSON.stringify(value, null, 2))))).toEqual(value);
      }),
    );
  });

  it('accepts what JSON.parse accepts, and nothing else', () => {
    const text = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '1', '-', '.', 'e', ' ', '\\', 'n'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.oneof(text, fc.json()), (json) => {
        const fails = (parse: () => unknown) => typeof attempt(() => [parse()]) === 'string';
        expect(fails(() => parseJson(json))).toBe(fails(() => JSON.parse(json)));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same values whatever the pieces', () => {
    const text = fc.oneof(
      fc.array(fc.json({ maxDepth: 3 }), { maxLength: 4 }).map((values) => values.join(' \n')),
      fc.array(fc.json({ maxDepth: 3 }), { maxLength: 4 }).map((values) => ` [${values.join(' , ')}] `),
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '1', ' ', '\\'), maxLength: 10 }),
    );
    fc.assert(
      fc.property(text, sizes, fc.boolean(), (documents, lengths, elements) => {
        expect(outcome(documents, lengths, elements)).toEqual(outcome(documents, [1000], elements));
      }),
      { numRuns: 1000 },
    );
  });

  function outcome(text: string, lengths: readonly number[], elements: boolean): unknown {
    const read: string[] = [];
    const reader = new JsonDocuments(elements);
    const failure = attempt(() => {
      for (const piece of piecesOf(text, lengths)) for (const value of reader.feed(piece)) read.push(jsonText(value));
      for (const value of reader.end()) read.push(jsonText(value));
    });
    return { read, failure };
  }
});

describe('expressions', () => {
  const word = fc.constantFrom(
    ...[
      'SELECT',
      'FROM',
      'COSObject',
      's',
      'WHERE',
      '_1',
      's._2',
      '*',
      ',',
      '(',
      ')',
      '.',
      '[',
      ']',
      '1',
      '1.5e3',
      "'a'",
      '"b"',
    ],
    ...[
      '`2010T`',
      '+',
      '-',
      '/',
      '%',
      '=',
      '<',
      '>=',
      '<>',
      'AND',
      'OR',
      'NOT',
      'IN',
      'LIKE',
      'BETWEEN',
      'IS',
      'NULL',
      'MISSING',
    ],
    ...[
      'COUNT',
      'SUM',
      'CAST',
      'AS',
      'INT',
      'TRIM',
      'SUBSTRING',
      'EXTRACT',
      'YEAR',
      'DATE_ADD',
      'COALESCE',
      'LIMIT',
      'ESCAPE',
      ';',
    ],
  );
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(word, { maxLength: 25 }).map((words) => words.join(' ')),
    fc
      .array(word, { maxLength: 25 })
      .map((words) => `SELECT ${words.join(' ')} FROM COSObject s WHERE ${words.join('')}`),
    fc.array(word, { maxLength: 12 }).map((words) => `SELECT _1 FROM COSObject s WHERE ${words.join(' ')}`),
  );

  it('are planned or refused with a CosError', () => {
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom<Options>({}, { csv: { fileHeaderInfo: 'use' } }, { json: 'lines' }),
        (text, options) => {
          try {
            planSelect(request(text, options), 0);
          } catch (error) {
            expect(error).toBeInstanceOf(CosError);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('that are planned run to rows or to a documented error', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        expect(await select(text, 'a,1\nb,\n')).not.toMatch(/^error:(InternalError|undefined)/);
      }),
      { numRuns: 1000 },
    );
  });
});

function piecesOf(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const end = at + lengths[turn % lengths.length]!;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** The result, or what it failed with. */
function attempt<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    return error instanceof CosError ? error.code : 'fails';
  }
}
