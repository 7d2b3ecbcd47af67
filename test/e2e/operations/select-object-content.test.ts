/** SELECT through HTTP and the official SDK. Source: spec/objects.md §10. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, clientOf, type Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
const CSV = 'name,age,city\nLeon,31,"Shen, zhen"\nAmy,17,Beijing\nBob,45,广州\n';
beforeAll(async () => {
  server = await startServerProcess();
  send = clientOf(server, 'select');
  await send({ method: 'PUT' });
  await send({ method: 'PUT', key: 'people.csv', body: CSV });
  await send({ method: 'PUT', key: 'people.csv.gz', body: gzipSync(CSV) });
  await send({ method: 'PUT', key: 'sealed.csv', body: CSV, headers: { 'x-cos-server-side-encryption': 'AES256' } });
  await send({ method: 'PUT', key: 'cold.csv', body: CSV, headers: { 'x-cos-storage-class': 'ARCHIVE' } });
  await send({ method: 'PUT', key: 'lines.json', body: '{"a":123,"b":"..","c":{"d":456}}\n{"a":1}\n' });
});
afterAll(() => server.remove());

interface Asked {
  readonly key?: string;
  readonly sql: string;
  readonly input?: string;
  readonly output?: string;
}

const CSV_IN = '<CSV><FileHeaderInfo>USE</FileHeaderInfo></CSV>';

function select({ key = 'people.csv', sql, input = CSV_IN, output = '<CSV/>' }: Asked): Promise<Answer> {
  const escaped = sql.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return send({
    method: 'POST',
    key,
    query: { select: '', 'select-type': '2' },
    body:
      `<SelectRequest><Expression>${escaped}</Expression><ExpressionType>SQL</ExpressionType>` +
      `<InputSerialization>${input}</InputSerialization><OutputSerialization>${output}</OutputSerialization></SelectRequest>`,
  });
}

/** Event types in order, and the payload of Records. */
function messages(stream: Buffer): { types: string[]; records: string; errorCode: string | undefined } {
  const types: string[] = [];
  let records = '';
  let errorCode: string | undefined;
  for (let at = 0; at < stream.length; ) {
    const total = stream.readUInt32BE(at);
    const headersEnd = at + 12 + stream.readUInt32BE(at + 4);
    const headers: Record<string, string> = {};
    for (let h = at + 12; h < headersEnd; ) {
      const name = stream.toString('utf8', h + 1, h + 1 + stream[h]!);
      const valueAt = h + 1 + stream[h]! + 3;
      const length = stream.readUInt16BE(valueAt - 2);
      headers[name] = stream.toString('utf8', valueAt, valueAt + length);
      h = valueAt + length;
    }
    types.push(headers[':event-type'] ?? headers[':message-type']!);
    if (headers[':event-type'] === 'Records') records += stream.toString('utf8', headersEnd, at + total - 4);
    errorCode ??= headers[':error-code'];
    at += total;
  }
  return { types, records, errorCode };
}

describe('SelectObjectContent', () => {
  it('answers with the rows in an event stream', async () => {
    const answer = await select({
      sql: "SELECT s.name, s.city FROM COSObject s WHERE s.age > 20 AND s.city LIKE '%z%'",
    });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    expect(messages(answer.body)).toEqual({
      types: ['Records', 'Stats', 'End'],
      records: 'Leon,"Shen, zhen"\n',
      errorCode: undefined,
    });
  });

  it('reads compressed and encrypted objects, and writes JSON', async () => {
    const sql = 'SELECT COUNT(*) AS n, SUM(CAST(s.age AS INT)) AS years FROM COSObject s';
    const output = '<JSON><RecordDelimiter>\\n</RecordDelimiter></JSON>';
    const input = `<CompressionType>GZIP</CompressionType>${CSV_IN}`;
    const zipped = messages((await select({ key: 'people.csv.gz', sql, input, output })).body);
    expect(zipped.records).toBe('{"n":3,"years":93}\n');
    const sealed = messages((await select({ key: 'sealed.csv', sql, output })).body);
    expect(sealed.records).toBe('{"n":3,"years":93}\n');
  });

  it('works through the official SDK', async () => {
    for (const [, make] of SDKS) {
      const answer = await make(server).selectObjectContent({
        Bucket: `select-${APPID}`,
        Region: REGION,
        Key: 'lines.json',
        SelectType: 2,
        SelectRequest: {
          Expression: 'Select * from COSObject',
          ExpressionType: 'SQL',
          InputSerialization: { JSON: { Type: 'LINES' } },
          OutputSerialization: { JSON: { RecordDelimiter: '\n' } },
          RequestProgress: { Enabled: 'FALSE' },
        },
      });
      expect(String(answer.Payload)).toBe('{"a":123,"b":"..","c":{"d":456}}\n{"a":1}\n');
    }
  });

  it('refuses before the first message with a status, and later inside the stream', async () => {
    for (const [asked, status, code] of [
      [{ sql: 'SELECT FROM COSObject' }, 400, 'SQLParsingError'],
      [{ sql: 'SELECT * FROM COSObject', input: '' }, 400, 'MissingInputFormat'],
      [{ sql: 'SELECT * FROM COSObject', key: 'none.csv' }, 404, 'NoSuchKey'],
      [{ sql: 'SELECT * FROM COSObject', key: 'cold.csv' }, 403, 'InvalidObjectState'],
      [{ sql: 'SELECT * FROM COSObject', input: '<Parquet/>' }, 501, 'NotImplemented'],
    ] as const) {
      const answer = await select(asked);
      expect([answer.status, answer.error['Code']], answer.text).toEqual([status, code]);
    }
    const type = await send({ method: 'POST', key: 'people.csv', query: { select: '' }, body: '<SelectRequest/>' });
    expect(type.error['Code']).toBe('InvalidArgument');
    const query = { select: '', 'select-type': '2' };
    const xml = await send({ method: 'POST', key: 'people.csv', query, body: '<Select' });
    expect([xml.status, xml.error['Code']]).toEqual([400, 'InvalidXML']);
    const late = Buffer.from(`${'1\n'.repeat(200_000)}x\n`);
    await send({ method: 'PUT', key: 'late.csv', body: late });
    const sql = 'SELECT CAST(s._1 AS INT) FROM COSObject s';
    const failed = messages((await select({ key: 'late.csv', sql, input: '<CSV/>' })).body);
    expect(failed.errorCode).toBe('CastFailed');
    expect(failed.types.at(-1)).toBe('error');
    expect(failed.records.length).toBe(400_000);
  });
});
