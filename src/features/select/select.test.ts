import { describe, expect, it } from 'vitest';
import { type Options, select } from './fixture.ts';

const PEOPLE = 'name,city,age\nLeon,Shenzhen,31\n"Mia, ""M""",Beijing,9\n# nobody\nAda,Paris,120\n';
const CSV: Options = { csv: { fileHeaderInfo: 'use' } };
const IGNORE: Options = { csv: { fileHeaderInfo: 'ignore' } };
const DOCUMENT: Options = { json: 'document', to: 'json' };
const LINES: Options = { json: 'lines', to: 'json' };

describe('SELECT from CSV', () => {
  it.each<[string, Options, string]>([
    ['SELECT * FROM COSObject', {}, 'name,city,age\nLeon,Shenzhen,31\n"Mia, ""M""",Beijing,9\nAda,Paris,120\n'],
    ['select * from cosobject limit 1', IGNORE, 'Leon,Shenzhen,31\n'],
    ['SELECT s.* FROM COSObject s LIMIT 1', IGNORE, 'Leon,Shenzhen,31\n'],
    ['SELECT _1, s._3 FROM COSObject s WHERE s._3 > 100', IGNORE, 'Ada,120\n'],
    ['SELECT COSObject._1 FROM COSObject WHERE 9 = _3', IGNORE, '"Mia, ""M"""\n'],
    ['SELECT Name FROM COSObject s WHERE s.age BETWEEN 10 AND 99', CSV, 'Leon\n'],
    ['SELECT s."city" FROM COSObject s WHERE "name" = \'Ada\';', CSV, 'Paris\n'],
    ["SELECT _1 FROM COSObject WHERE _2 IN ('Paris', 'Rome') OR age IN (9)", CSV, '"Mia, ""M"""\nAda\n'],
    ["SELECT _1 FROM COSObject WHERE _2 NOT LIKE '%i%'", CSV, 'Leon\n'],
    ['SELECT _1 FROM COSObject WHERE _4 IS MISSING AND _9 IS NULL AND _1 IS NOT NULL LIMIT 1', CSV, 'Leon\n'],
    [
      'SELECT COUNT(*), SUM(age), AVG(CAST(age AS INT)), MIN(city), MAX(CAST(age AS INT)) FROM COSObject',
      CSV,
      '3,160,53.333333333333333333333333333333333333,Beijing,120\n',
    ],
    ['SELECT COUNT(_4), SUM(_4), MAX(_1) FROM COSObject WHERE age > 500', CSV, '0,,\n'],
    ['SELECT COUNT(*) * 2 + 1 AS n FROM COSObject', { ...CSV, to: 'json' }, '{"n":7}\n'],
    ['SELECT COUNT(*) FROM COSObject LIMIT 0', CSV, ''],
    ['SELECT age + 1, -age, age % 7 FROM COSObject LIMIT 1', CSV, '32,-31,3\n'],
    ['SELECT _1 FROM COSObject WHERE NOT age > 10', CSV, '"Mia, ""M"""\n'],
    ['SELECT * FROM COSObject LIMIT 1', { ...CSV, to: 'json' }, '{"name":"Leon","city":"Shenzhen","age":"31"}\n'],
    ['SELECT * FROM COSObject LIMIT 1', { ...IGNORE, to: 'json' }, '{"_1":"Leon","_2":"Shenzhen","_3":"31"}\n'],
    [
      'SELECT s.name, s._2 x, s._3, 1+1 FROM COSObject s LIMIT 1',
      { ...CSV, to: 'json' },
      '{"name":"Leon","x":"Shenzhen","_3":"31","_4":2}\n',
    ],
    ['SELECT _1 FROM COSObject LIMIT 1', { ...IGNORE, to: { quoteFields: 'ALWAYS' } }, '"Leon"\n'],
    [
      'SELECT _1, _2 FROM COSObject',
      { ...IGNORE, to: { fieldDelimiter: '|', quoteCharacter: "'", recordDelimiter: ';' } },
      'Leon|Shenzhen;Mia, "M"|Beijing;Ada|Paris;',
    ],
    ['SELECT s.name FROM S3Object s WHERE _2 = name OR true LIMIT 1', CSV, 'Leon\n'],
  ])('%s', async (expression, options, rows) => {
    expect(await select(expression, PEOPLE, options)).toBe(rows);
  });

  it('drops rows whose empty field is compared with a number', async () => {
    expect(await select('SELECT _1 FROM COSObject WHERE _2 > 1', 'a,\nb,2\nc\n')).toBe('b\n');
  });

  it('treats text that is no number as different, never as smaller or greater', async () => {
    expect(await select('SELECT _1 FROM COSObject WHERE _1 <> 1', 'x\n1\n1.0\n2\n')).toBe('x\n2\n');
    expect(await select('SELECT _1 FROM COSObject WHERE _1 < 1', '0\nx\n')).toBe('error:ComparisonFailed');
  });

  it('keeps long integers exact', async () => {
    const rows = '9007199254740993\n9007199254740992\n';
    expect(await select('SELECT _1 FROM COSObject WHERE _1 = 9007199254740993', rows)).toBe('9007199254740993\n');
  });

  it('aggregates nothing of an empty object, with a header or without', async () => {
    expect(await select('SELECT COUNT(*) FROM COSObject', '')).toBe('0\n');
    expect(await select('SELECT SUM(s.price), COUNT(*) FROM COSObject s', '', CSV)).toBe(',0\n');
  });
});

describe('SELECT from JSON', () => {
  const PROJECT = '{"a":123,"b":"..",\n "c":{"d":456}}';

  it.each<[string, string, Options, string]>([
    ['SELECT * FROM COSObject', PROJECT, DOCUMENT, '{"a":123,"b":"..","c":{"d":456}}\n'],
    [
      'SELECT * FROM COSObject s',
      '{"a":1.50}{"a":1e2} \n{"a":123456789012345678901234567890}',
      DOCUMENT,
      '{"a":1.50}\n{"a":1e2}\n{"a":123456789012345678901234567890}\n',
    ],
    ['SELECT s.c.d FROM COSObject s', PROJECT, DOCUMENT, '{"d":456}\n'],
    ['SELECT s.C."d" AS e, s.x, s.c FROM COSObject s', PROJECT, DOCUMENT, '{"e":456,"c":{"d":456}}\n'],
    ['SELECT a, c FROM COSObject', PROJECT, { json: 'document' }, '123,"{""d"":456}"\n'],
    ['SELECT * FROM COSObject', PROJECT, { json: 'document' }, '123,..,"{""d"":456}"\n'],
    ['SELECT s.items[1].n FROM COSObject s', '{"items":[{"n":1},{"n":2}]}', DOCUMENT, '{"n":2}\n'],
    ['SELECT s.items[7] FROM COSObject s', '{"items":[1]}', DOCUMENT, '{}\n'],
    ['SELECT * FROM COSObject', '[{"n":1},{"n":2}]', DOCUMENT, '[{"n":1},{"n":2}]\n'],
    [
      'SELECT s.n FROM COSObject[*] s WHERE s.n >= 2',
      '[{"n":1},{"n":2.0},{"n":3}] [{"n":4}]',
      DOCUMENT,
      '{"n":2.0}\n{"n":3}\n{"n":4}\n',
    ],
    ['SELECT COUNT(*) FROM COSObject[*]', '[]', DOCUMENT, '{"_1":0}\n'],
    [
      'SELECT p.project_name FROM COSObject[*].projects[*] p',
      '{"projects":[{"project_name":"project1"},{}]}',
      DOCUMENT,
      '{"project_name":"project1"}\n{}\n',
    ],
    ['SELECT name FROM COSObject.people[0]', '{"people":[{"name":"Leon"}]}', DOCUMENT, '{"name":"Leon"}\n'],
    ['SELECT * FROM COSObject', '1 "two" null true -3.5', DOCUMENT, '1\n"two"\nnull\ntrue\n-3.5\n'],
    [
      'SELECT s.name FROM COSObject s WHERE s.age > 30',
      '{"name":"Leon","age":31}\r\n\n{"name":"Mia","age":9}',
      LINES,
      '{"name":"Leon"}\n',
    ],
    ['SELECT * FROM COSObject[*]', '[1,2]\n[3]\n', LINES, '1\n2\n3\n'],
    [
      'SELECT s.a IS NULL AS n, s.a IS MISSING AS m, s.a FROM COSObject s',
      '{"a":null}\n{"b":1}\n',
      LINES,
      '{"n":true,"m":false,"a":null}\n{"n":true,"m":true}\n',
    ],
    [
      'SELECT MAX(s.v), AVG(s.v), SUM(s.w) FROM COSObject s',
      '{"v":1,"w":1.5}\n{"v":4,"w":0.25}\n{"w":null}',
      LINES,
      '{"_1":4,"_2":2.5,"_3":1.75}\n',
    ],
    [
      "SELECT * FROM COSObject s WHERE s.k = 'x'",
      '{"k":"x","t":"\\u00e9\\n\\"","__proto__":1}',
      LINES,
      '{"k":"x","t":"é\\n\\"","__proto__":1}\n',
    ],
  ])('%s from %s', async (expression, object, options, rows) => {
    expect(await select(expression, object, options)).toBe(rows);
  });
});
