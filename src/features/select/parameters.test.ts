import { describe, expect, it } from 'vitest';
import { type RawSelectRequest, selectRequest } from './parameters.ts';

const VALID: RawSelectRequest = {
  expression: 'SELECT * FROM COSObject',
  expressionType: 'SQL',
  input: { csv: {} },
  output: { csv: {} },
};

function codeOf(raw: RawSelectRequest): string {
  try {
    selectRequest(raw);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('selectRequest', () => {
  it('has the defaults of the documentation', () => {
    const characters = {
      recordDelimiter: '\n',
      fieldDelimiter: ',',
      quoteCharacter: '"',
      quoteEscapeCharacter: '"',
    };
    expect(selectRequest(VALID)).toEqual({
      expression: 'SELECT * FROM COSObject',
      compression: 'none',
      input: {
        format: 'csv',
        fileHeaderInfo: 'none',
        ...characters,
        comments: '#',
        allowQuotedRecordDelimiter: false,
      },
      output: { format: 'csv', quoteFields: 'asneeded', ...characters },
      progress: false,
    });
  });

  it('takes values in any case, delimiters written out or as characters', () => {
    const made = selectRequest({
      ...VALID,
      expressionType: 'sql',
      input: {
        compressionType: 'None',
        csv: {
          fileHeaderInfo: 'Use',
          recordDelimiter: '\\r\\n',
          fieldDelimiter: '\t',
          allowQuotedRecordDelimiter: 'TRUE',
        },
      },
      output: { csv: { quoteFields: 'always', recordDelimiter: '\n', fieldDelimiter: '\\t' } },
      progressEnabled: 'True',
    });
    expect(made.input).toMatchObject({
      fileHeaderInfo: 'use',
      recordDelimiter: '\r\n',
      fieldDelimiter: '\t',
      allowQuotedRecordDelimiter: true,
    });
    expect(made.output).toMatchObject({ quoteFields: 'always', recordDelimiter: '\n', fieldDelimiter: '\t' });
    expect(made.progress).toBe(true);
    const json = selectRequest({
      ...VALID,
      input: { compressionType: 'GZIP', json: { type: 'LINES' } },
      output: { json: {} },
    });
    expect(json).toMatchObject({
      compression: 'gzip',
      input: { format: 'json', type: 'lines' },
      output: { format: 'json', recordDelimiter: '\n' },
    });
  });

  it.each<[string, RawSelectRequest]>([
    ['MissingExpectedExpression', { ...VALID, expression: undefined }],
    ['MissingExpectedExpression', { ...VALID, expression: '' }],
    ['MissingRequiredParameter', { ...VALID, expressionType: undefined }],
    ['InvalidRequestParameter', { ...VALID, expressionType: 'XPath' }],
    ['MissingInputSerialization', { ...VALID, input: undefined }],
    ['MissingInputFormat', { ...VALID, input: {} }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: {}, json: { type: 'LINES' } } }],
    ['InvalidCompressionFormat', { ...VALID, input: { compressionType: 'ZIP', csv: {} } }],
    ['NotImplemented', { ...VALID, input: { parquet: true } }],
    ['InvalidFileHeaderInfo', { ...VALID, input: { csv: { fileHeaderInfo: 'MAYBE' } } }],
    ['InvalidJsonType', { ...VALID, input: { json: { type: 'STREAM' } } }],
    ['MissingRequiredParameter', { ...VALID, input: { json: {} } }],
    ['MissingOutputSerialization', { ...VALID, output: undefined }],
    ['MissingOutputFormat', { ...VALID, output: {} }],
    ['InvalidRequestParameter', { ...VALID, output: { csv: {}, json: {} } }],
    ['InvalidQuoteFields', { ...VALID, output: { csv: { quoteFields: 'NEVER' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { recordDelimiter: 'abc' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { fieldDelimiter: ',,' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { fieldDelimiter: 'é' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { fieldDelimiter: '\n' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { quoteCharacter: ',' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { quoteEscapeCharacter: '\\\\' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { comments: '//' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { comments: '"' } } }],
    ['InvalidRequestParameter', { ...VALID, input: { csv: { allowQuotedRecordDelimiter: 'yes' } } }],
    ['InvalidRequestParameter', { ...VALID, output: { json: { recordDelimiter: 'abc' } } }],
    ['InvalidRequestParameter', { ...VALID, progressEnabled: 'maybe' }],
  ])('answers %s to %j', (code, raw) => {
    expect(codeOf(raw)).toBe(code);
  });
});
