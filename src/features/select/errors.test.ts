/** Each code of spec/objects.md §10.5 that SQL or data can cause, from its true condition. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { messagesOf, NOW_MS, type Options, recordsOf, request, select, sourceOf } from './fixture.ts';
import { planSelect } from './plan.ts';
import { MAX_EXPRESSION, MAX_RECORD } from './request.ts';
import { openSelect } from './run.ts';

const USE: Options = { csv: { fileHeaderInfo: 'use' } };
const LINES: Options = { json: 'lines' };
const DOCUMENT: Options = { json: 'document' };

function planned(expression: string, options: Options = {}): string {
  try {
    planSelect(request(expression, options), NOW_MS);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('SQLParsingError before anything is read', () => {
  it.each([
    '',
    'SELECT',
    'SELECT FROM COSObject',
    'SELECT *',
    'SELECT * FROM Table',
    'SELECT *, _1 FROM COSObject',
    'SELECT _1, * FROM COSObject',
    'SELECT s.*, _1 FROM COSObject s',
    'SELECT t.* FROM COSObject s',
    'SELECT DISTINCT _1 FROM COSObject',
    'SELECT _1 FROM COSObject GROUP BY _1',
    'SELECT _1 FROM COSObject ORDER BY _1',
    'SELECT _1 FROM COSObject UNION SELECT _1 FROM COSObject',
    'SELECT _1 FROM COSObject, COSObject',
    'SELECT _0 FROM COSObject',
    'SELECT _99999999999 FROM COSObject',
    'SELECT city FROM COSObject',
    'SELECT t._1 FROM COSObject s',
    'SELECT _1 FROM COSObject s WHERE t._1 = 1',
    'SELECT _1._2 FROM COSObject',
    'SELECT _1 FROM COSObject[*]',
    'SELECT _1 AS date FROM COSObject',
    'SELECT COUNT(*), _1 FROM COSObject',
    'SELECT COUNT(SUM(_1)) FROM COSObject',
    'SELECT _1 FROM COSObject WHERE COUNT(*) > 1',
    'SELECT _1 FROM COSObject LIMIT -1',
    'SELECT _1 FROM COSObject LIMIT 1.5',
    "SELECT _1 FROM COSObject WHERE _1 = 'open",
    'SELECT _1 FROM COSObject WHERE _1 = `2010-13-01T`',
    "SELECT _1 FROM COSObject WHERE _1 LIKE 'a!' ESCAPE '!'",
    "SELECT _1 FROM COSObject WHERE _1 LIKE 'a' ESCAPE '!!'",
    "SELECT TO_STRING(UTCNOW(), 'yyyy QQ') FROM COSObject",
    'SELECT CAST(_1 AS blob) FROM COSObject',
    'SELECT NOPE(_1) FROM COSObject',
    'SELECT NULLIF(_1) FROM COSObject',
    'SELECT DATE_ADD(week, 1, UTCNOW()) FROM COSObject',
    'SELECT 1 2 FROM COSObject',
    'SELECT 1a FROM COSObject',
    'SELECT _1 FROM COSObject; SELECT _1 FROM COSObject',
    `SELECT ${'('.repeat(65)}1${')'.repeat(65)} FROM COSObject`,
    `SELECT _1 FROM COSObject WHERE ${'NOT '.repeat(65)} true`,
    `SELECT _1 FROM COSObject WHERE 1${' = 1'.repeat(18)}`,
    `SELECT '${'x'.repeat(MAX_EXPRESSION)}' FROM COSObject`,
  ])('%.80s', (expression) => {
    expect(planned(expression)).toBe('SQLParsingError');
  });

  it('takes reserved words in double quotes only', () => {
    expect(planned('SELECT s.value FROM COSObject s', LINES)).toBe('SQLParsingError');
    expect(planned('SELECT s."value" AS "date" FROM COSObject s', LINES)).toBe('accepted');
    expect(planned('SELECT end FROM COSObject', USE)).toBe('SQLParsingError');
    expect(planned('SELECT a.b FROM COSObject s', LINES)).toBe('SQLParsingError');
    expect(planned('SELECT a.b FROM COSObject', LINES)).toBe('accepted');
  });

  it('takes long expressions that are wide, not deep', () => {
    const terms = Array.from({ length: 5000 }, (_, i) => `_1 = '${i}'`);
    expect(planned(`SELECT 1${' + 1'.repeat(5000)} FROM COSObject WHERE ${terms.join(' OR ')}`)).toBe('accepted');
    expect(planned(`SELECT ${'('.repeat(60)}1${')'.repeat(60)} FROM COSObject`)).toBe('accepted');
    expect(planned(`SELECT ${'9'.repeat(200_000)}, .${'9'.repeat(40_000)} FROM COSObject`)).toBe('accepted');
  });
});

const LONG = 'x'.repeat(MAX_RECORD + 1);

describe('errors of the data and of the evaluation', () => {
  it.each<[string, string, string | Buffer, Options]>([
    ['SQLParsingError', 'SELECT "NAME" FROM COSObject', 'name\nLeon\n', USE],
    ['SQLParsingError', 'SELECT nome FROM COSObject', 'name\nLeon\n', USE],
    ['AmbiguousFieldName', 'SELECT name FROM COSObject', 'name,Name\na,b\n', USE],
    ['AmbiguousFieldName', 'SELECT "name" FROM COSObject', 'name,name\na,b\n', USE],
    ['AmbiguousFieldName', 'SELECT s.name FROM COSObject s', '{"name":1,"NAME":2}', LINES],
    ['ComparisonFailed', 'SELECT * FROM COSObject s WHERE s.a > 1', '{"a":"x"}', LINES],
    ['ComparisonFailed', 'SELECT * FROM COSObject s WHERE s.a < true', '{"a":1}', LINES],
    ['ComparisonFailed', 'SELECT MAX(s.a) FROM COSObject s', '{"a":"x"}\n{"a":1}', LINES],
    ['CastFailed', 'SELECT CAST(_1 AS int) FROM COSObject', 'x\n', {}],
    ['CastFailed', 'SELECT SUM(_1) FROM COSObject', 'x\n', {}],
    ['CastFailed', 'SELECT TO_TIMESTAMP(_1) FROM COSObject', 'yesterday\n', {}],
    ['GzipDecompressError', 'SELECT * FROM COSObject', 'a,b\n', { compression: 'gzip' }],
    ['GzipDecompressError', 'SELECT * FROM COSObject', '', { compression: 'gzip' }],
    ['GzipDecompressError', 'SELECT * FROM COSObject', gzipSync('a,b\n').subarray(0, -3), { compression: 'gzip' }],
    ['Bzip2DecompressError', 'SELECT * FROM COSObject', 'a,b\n', { compression: 'bzip2' }],
    ['Bzip2DecompressError', 'SELECT * FROM COSObject', '', { compression: 'bzip2' }],
    ['CSVParsingError', 'SELECT * FROM COSObject', 'a,"b"c\n', {}],
    ['CSVParsingError', 'SELECT * FROM COSObject', 'a,"b\nc"\n', {}],
    ['JSONParsingError', 'SELECT * FROM COSObject', '{"a":}', DOCUMENT],
    ['JSONParsingError', 'SELECT * FROM COSObject', 'hello world', DOCUMENT],
    ['JSONParsingError', 'SELECT * FROM COSObject', '{"a":1},{"a":2}', DOCUMENT],
    ['JSONParsingError', 'SELECT * FROM COSObject[*]', '[1 2]', DOCUMENT],
    ['JSONParsingError', 'SELECT * FROM COSObject[*]', '[1,]', DOCUMENT],
    ['JSONParsingError', 'SELECT * FROM COSObject', '{"a":1}]', DOCUMENT],
    ['JSONParsingError', 'SELECT * FROM COSObject', `${'['.repeat(65)}${']'.repeat(65)}`, DOCUMENT],
    ['JSONParsingError', 'SELECT * FROM COSObject', '{"a":1} {"a":2}\n', LINES],
    ['JSONParsingError', 'SELECT * FROM COSObject', '{"a":01}\n{}', LINES],
    ['JSONParsingError', 'SELECT * FROM COSObject', '{"a":"\t"}\n{}', LINES],
    ['LastRecordParseFail', 'SELECT * FROM COSObject', 'a,b\nc,"d\n', { csv: { allowQuotedRecordDelimiter: 'true' } }],
    ['LastRecordParseFail', 'SELECT * FROM COSObject', '{"a":1}{"a":', DOCUMENT],
    ['LastRecordParseFail', 'SELECT * FROM COSObject[*]', '[1,2', DOCUMENT],
    ['LastRecordParseFail', 'SELECT * FROM COSObject', '{"a":1}\n{"a":', LINES],
    ['InvalidTextEncoding', 'SELECT * FROM COSObject', Buffer.from([0x61, 0xff, 0x0a]), {}],
    ['InvalidTextEncoding', 'SELECT * FROM COSObject', Buffer.from('é').subarray(0, 1), {}],
    ['OverMaxRecordSize', 'SELECT COUNT(*) FROM COSObject', LONG, {}],
    ['OverMaxRecordSize', 'SELECT COUNT(*) FROM COSObject', `"${LONG}"\n`, {}],
    ['OverMaxRecordSize', 'SELECT COUNT(*) FROM COSObject', `${'é'.repeat(MAX_RECORD / 2)}x\n`, {}],
    ['OverMaxRecordSize', 'SELECT COUNT(*) FROM COSObject', `{"a":"${LONG}"}\n`, LINES],
    ['OverMaxRecordSize', 'SELECT COUNT(*) FROM COSObject', `["${LONG}"]`, DOCUMENT],
    ['OverMaxRecordSize', 'SELECT _1, _1 FROM COSObject', 'x'.repeat(600_000), {}],
    [
      'OverMaxRecordSize',
      'SELECT s.a, s.a FROM COSObject s',
      `{"a":"${'x'.repeat(600_000)}"}`,
      { ...LINES, to: 'json' },
    ],
    ['ErrorWritingRow', 'SELECT 1 / _1 FROM COSObject', '0\n', {}],
    ['ErrorWritingRow', 'SELECT 9223372036854775807 + _1 FROM COSObject', '1\n', {}],
    ['ErrorWritingRow', 'SELECT 1e308 * 10 FROM COSObject', '1\n', {}],
    ['ErrorWritingRow', 'SELECT LOWER(s.a) FROM COSObject s', '{"a":1}', LINES],
    ['ErrorWritingRow', 'SELECT DATE_ADD(year, 9000, `2010T`) FROM COSObject', '1\n', {}],
  ])('%s: %s', async (code, expression, object, options) => {
    expect(await select(expression, object, options)).toBe(`error:${code}`);
  });

  it('takes a record of just 1 MB', async () => {
    expect(await select('SELECT CHAR_LENGTH(_1) FROM COSObject', `${'x'.repeat(MAX_RECORD)}\n`)).toBe(
      `${MAX_RECORD}\n`,
    );
  });

  it('reads a field of a million digits in linear time', async () => {
    const fields = `${'9'.repeat(500_000)},${'9'.repeat(500_000)}x\n`;
    expect(await select('SELECT _1 > 1, _2 = 1 FROM COSObject', fields)).toBe('true,false\n');
  });

  it('keeps the rows before an error, and sends nothing after it', async () => {
    const messages = await messagesOf('SELECT CAST(_1 AS INT) FROM COSObject', '1\n2\nx\n3\n');
    expect(Buffer.concat(recordsOf(messages)).toString()).toBe('1\n2\n');
    expect(messages.at(-1)!.headers).toMatchObject({ ':error-code': 'CastFailed', ':message-type': 'error' });
    expect(messages).toHaveLength(2);
  });
});

describe('openSelect', () => {
  it('rejects with what fails before the first message', async () => {
    const plan = planSelect(request('SELECT CAST(_1 AS INT) FROM COSObject'), NOW_MS);
    await expect(openSelect(plan, sourceOf('1\nx\n'), () => 0)).rejects.toMatchObject({ code: 'CastFailed' });
  });

  it('closes the source when it is not read to its end', async () => {
    let closed = false;
    const plan = planSelect(request('SELECT * FROM COSObject'), NOW_MS);
    const chunks = async function* () {
      try {
        for (;;) yield Buffer.from('a,b\n'.repeat(50_000));
      } finally {
        closed = true;
      }
    };
    const messages = await openSelect(plan, { size: 0, chunks }, () => 0);
    await messages.return!();
    expect(closed).toBe(true);
  });
});
