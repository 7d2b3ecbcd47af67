/** What every refusal looks like, whoever sent the request. Source: spec/errors.md "Shape of an error". */
import { expect } from 'vitest';
import type { Answer } from './http.ts';
import { errorOf, type RawAnswer } from './raw.ts';

const DOCUMENT = /^<\?xml version='1\.0' encoding='utf-8' \?>\n<Error>\n(?:\t<(\w+)>[^<]*<\/\1>\n)+<\/Error>\n?$/;
const FIRST = ['Code', 'Message'];
const LAST = ['Resource', 'RequestId', 'TraceId'];

/**
 * An error document with this status and code, and all that belongs to it.
 * @param message a part of the text
 * @returns its elements
 */
export function expectError(
  answer: Answer | RawAnswer,
  status: number,
  code: string,
  message?: string,
): Readonly<Record<string, string>> {
  const body = typeof answer.body === 'string' ? answer.body : answer.text;
  const error = errorOf(body);
  expect({ status: answer.status, code: error['Code'] }, answer.text.slice(0, 2_000)).toEqual({ status, code });
  expect(body).toMatch(DOCUMENT);
  const names = Object.keys(error);
  expect([...names.slice(0, 2), ...names.slice(-3)]).toEqual([...FIRST, ...LAST]);
  expect(Object.entries(error).filter(([, text]) => text === '')).toEqual([]);
  expect(answer.headers['content-type']).toBe('application/xml');
  expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(body, bodyEncoding(answer))));
  expectHeaders(answer);
  expect(error['RequestId']).toBe(answer.headers['x-cos-request-id']);
  expect(error['TraceId']).toBe(answer.headers['x-cos-trace-id']);
  if (message !== undefined) expect(error['Message']).toContain(message);
  return error;
}

/** HEAD has the status and the headers, and no body. */
export function expectHeadError(answer: Answer, status: number): void {
  expect({ status: answer.status, body: answer.text }).toEqual({ status, body: '' });
  expect(answer.headers['content-type']).toBe('application/xml');
  expectHeaders(answer);
}

/** 304 is no error document but has what clients look for in every answer. */
export function expectNotModified(answer: Answer): void {
  expect({ status: answer.status, body: answer.text }).toEqual({ status: 304, body: '' });
  expect(answer.headers['x-cos-request-id']).toBeTruthy();
  expect(answer.headers['etag']).toMatch(/^"[0-9a-f]{32}"$/);
}

function expectHeaders({ headers }: Answer | RawAnswer): void {
  expect(headers['server']).toBe('tencent-cos');
  expect(headers['date']).toMatch(/ GMT$/);
  expect(Buffer.from(headers['x-cos-request-id'] as string, 'base64').toString()).toMatch(/^[0-9a-f_]{10,}$/);
  expect(headers['x-cos-trace-id']).toMatch(/^OGVmYzZiMmQz/);
  expect(headers['x-cos-error-code']).toBeUndefined();
}

/** Bytes of a socket are kept as latin1. */
function bodyEncoding(answer: Answer | RawAnswer): 'latin1' | 'utf8' {
  return typeof answer.body === 'string' ? 'latin1' : 'utf8';
}
