/** Codes of SELECT. */
import { complete, copy, initiate, post, put } from '../asks.ts';
import { BACK_OFF, REPAIR } from '../handling.ts';
import { type ProofRow, type Step, w } from '../row.ts';

const QUERY = '/k?select&select-type=2';
const EVERYTHING = 'SELECT * FROM COSObject';
const SQL = '<ExpressionType>SQL</ExpressionType>';
const CSV = '<CSV/>';
const USE = '<CSV><FileHeaderInfo>USE</FileHeaderInfo></CSV>';
const LINES = '<JSON><Type>LINES</Type></JSON>';
const DOCUMENT = '<JSON><Type>DOCUMENT</Type></JSON>';

interface Asked {
  readonly sql?: string;
  readonly input?: string;
  readonly output?: string;
  /** Instead of the elements about the expression. */
  readonly expression?: string;
}

const select = ({ sql = EVERYTHING, input = CSV, output = CSV, expression }: Asked) =>
  post(
    QUERY,
    `<SelectRequest>${expression ?? `<Expression>${sql.replaceAll('<', '&lt;')}</Expression>${SQL}`}` +
      `${input === '' ? '' : `<InputSerialization>${input}</InputSerialization>`}` +
      `${output === '' ? '' : `<OutputSerialization>${output}</OutputSerialization>`}</SelectRequest>`,
  );

const upload = (body: string | number): Step => put('/k', body);

/** @param body of the object @param asked what is wrong, or meets what is wrong in the object */
function refused(
  code: string,
  en: string,
  zh: string,
  asked: Asked | string,
  body: string | number = 'a,b\n',
): ProofRow {
  return {
    code,
    status: 400,
    condition: w(en, zh),
    handling: REPAIR,
    setup: [upload(body)],
    request: typeof asked === 'string' ? post(QUERY, asked) : select(asked),
  };
}

export const SERVICE_SELECT: readonly ProofRow[] = [
  refused('InvalidXML', 'The request is not valid XML.', '请求不是合法的 XML。', '<Select'),
  refused(
    'MissingRequiredParameter',
    'A required element is absent: here ExpressionType.',
    '缺少必需元素：这里是 ExpressionType。',
    {
      expression: `<Expression>${EVERYTHING}</Expression>`,
    },
  ),
  refused('MissingExpectedExpression', 'No Expression.', '缺少 Expression。', { expression: SQL }),
  refused('MissingInputSerialization', 'No InputSerialization.', '缺少 InputSerialization。', { input: '' }),
  refused('InvalidCompressionFormat', 'An unknown CompressionType.', '未知的 CompressionType。', {
    input: `<CompressionType>ZIP</CompressionType>${CSV}`,
  }),
  refused('MissingInputFormat', 'InputSerialization without CSV or JSON.', 'InputSerialization 中没有 CSV 或 JSON。', {
    input: '<CompressionType>NONE</CompressionType>',
  }),
  refused('InvalidFileHeaderInfo', 'An unknown FileHeaderInfo.', '未知的 FileHeaderInfo。', {
    input: '<CSV><FileHeaderInfo>MAYBE</FileHeaderInfo></CSV>',
  }),
  refused('InvalidRequestParameter', 'A delimiter or quote that is not allowed.', '不允许的分隔符或引号。', {
    input: '<CSV><QuoteCharacter>long</QuoteCharacter></CSV>',
  }),
  refused('InvalidJsonType', 'An unknown Type of JSON.', '未知的 JSON Type。', {
    input: '<JSON><Type>TREE</Type></JSON>',
  }),
  refused('MissingOutputSerialization', 'No OutputSerialization.', '缺少 OutputSerialization。', { output: '' }),
  refused(
    'MissingOutputFormat',
    'OutputSerialization without CSV or JSON.',
    'OutputSerialization 中没有 CSV 或 JSON。',
    {
      output: '<Other/>',
    },
  ),
  refused('InvalidQuoteFields', 'An unknown QuoteFields.', '未知的 QuoteFields。', {
    output: '<CSV><QuoteFields>NEVER</QuoteFields></CSV>',
  }),
  refused('SQLParsingError', 'The expression is no SQL.', '表达式不是合法的 SQL。', { sql: 'SELECT FROM COSObject' }),
  refused('Bzip2DecompressError', 'The object is not bzip2.', '对象不是 bzip2 数据。', {
    input: `<CompressionType>BZIP2</CompressionType>${CSV}`,
  }),
  refused('GzipDecompressError', 'The object is not gzip.', '对象不是 gzip 数据。', {
    input: `<CompressionType>GZIP</CompressionType>${CSV}`,
  }),
  {
    ...refused('Busy', 'More SELECTs at once than the operator allows.', '并发 SELECT 数超过运营者的限制。', {
      sql: 'SELECT COUNT(*) FROM COSObject',
    }),
    handling: BACK_OFF,
    settings: ['--limits-concurrent-selects', '1'],
    setup: [{ method: 'PUT', target: '/k', lines: 2_000_000 }],
    burst: 10,
    noSdk: w('As with curl: several at once.', '与 curl 相同：同时发送多个。'),
  },
  refused(
    'AmbiguousFieldName',
    'A column name occurs twice.',
    '列名重复。',
    { sql: 'SELECT name FROM COSObject', input: USE },
    'name,Name\na,b\n',
  ),
  refused(
    'ComparisonFailed',
    'Two values cannot be compared.',
    '两个值无法比较。',
    { sql: 'SELECT * FROM COSObject s WHERE s.a > 1', input: LINES },
    '{"a":"x"}\n',
  ),
  refused('CastFailed', 'CAST of a text that is no number.', '无法转换为数字的 CAST。', {
    sql: 'SELECT CAST(s._1 AS INT) FROM COSObject s',
  }),
  refused('OverMaxRecordSize', 'A record of more than 1 MiB.', '单条记录超过 1 MiB。', {}, 1_100_000),
  refused(
    'LastRecordParseFail',
    'The last record is cut off.',
    '最后一条记录不完整。',
    { input: LINES },
    '{"a":1}\n{"a":',
  ),
  refused('CSVParsingError', 'The CSV is broken.', 'CSV 格式错误。', {}, 'a,"b"c\n'),
  refused('JSONParsingError', 'The JSON is broken.', 'JSON 格式错误。', { input: DOCUMENT }, '{"a":}'),
  refused(
    'ErrorWritingRow',
    'A result cannot be computed: here a division by zero.',
    '结果无法计算：这里除以零。',
    {
      sql: 'SELECT 1 / s._1 FROM COSObject s',
    },
    '0\n',
  ),
  {
    ...refused('InvalidTextEncoding', 'The object is not UTF-8.', '对象不是 UTF-8 文本。', {}),
    // Half of a character, by way of a part that is copied from a range.
    setup: [
      put('/e', 'é'),
      initiate('k'),
      {
        ...copy('/k?partNumber=1&uploadId={uploadId}', '/{bucket}/e', { 'x-cos-copy-source-range': 'bytes=0-0' }),
        save: { as: 'etag1', element: 'ETag' },
      },
      complete('k', 1),
    ],
  },
];
