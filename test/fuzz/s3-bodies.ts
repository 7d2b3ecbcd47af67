/** Valid aws-chunked bodies, and the simplest reading of one, without a stream. */

import { Mac } from '../../src/platform/hash/mac.ts';
import { bodyOf, type S3Body } from '../../src/s3/body/body-of.ts';
import {
  bodyFrom,
  framed,
  type Headers,
  PUBLISHED,
  PUBLISHED_STAMP,
  scopeOf,
  v4Key,
  wireOf,
} from '../../src/s3/signature/fixture.ts';
import type { Random } from '../crash/random.ts';

export interface BodyForm {
  readonly name: string;
  readonly signed: boolean;
  readonly trailer: boolean;
  readonly content: Buffer;
  readonly sent: Buffer;
}

const SEED = 'ab'.repeat(32);
const NAME = 'x-amz-checksum-crc32';
const TRAILER = `${NAME}:AAAAAA==`;

const form = (name: string, signed: boolean, trailer: boolean, sizes: readonly number[]): BodyForm => {
  const content = Buffer.from(Array.from({ length: sizes.reduce((a, b) => a + b, 0) }, (_, i) => 97 + (i % 26)));
  const signing = signed ? { signer: PUBLISHED, seed: SEED } : {};
  const sent = framed(content, { sizes, ...signing, ...(trailer ? { trailers: [TRAILER] } : {}) });
  return { name, signed, trailer, content, sent };
};

export const BODY_FORMS: readonly BodyForm[] = [
  form('signed chunks', true, false, [64, 30]),
  form('signed chunks, trailer', true, true, [64, 30]),
  form('signed, empty', true, true, []),
  form('unsigned chunks', false, true, [16, 7, 200]),
  form('unsigned, empty', false, true, []),
];

/** @param pieces in which it comes */
export function openBody({ signed, trailer, content }: BodyForm, pieces: readonly Buffer[]): S3Body {
  const headers: Headers = [
    ['x-amz-decoded-content-length', String(content.length)],
    ['x-amz-trailer', trailer ? NAME : ''],
  ];
  const wire = wireOf({ method: 'PUT', target: '/a', headers, body: bodyFrom(pieces) });
  const chain = {
    signingKey: new Mac('sha256', v4Key(PUBLISHED)),
    timestamp: PUBLISHED_STAMP,
    scope: scopeOf(PUBLISHED),
    seed: SEED,
  };
  return bodyOf(wire, { kind: 'chunked', trailer, chain: signed ? chain : undefined });
}

export function inPieces(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + random.pick([1, 3, 17, 100, 1_000, 100_000]));
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}

export interface Read {
  readonly content: Buffer;
  readonly trailer: string | undefined;
}

export async function readBody(body: S3Body, whole: boolean): Promise<Read> {
  if (whole) {
    const content = await body.readAll(1_000_000);
    return { content, trailer: body.trailer(NAME) };
  }
  const parts: Buffer[] = [];
  for await (const part of body.chunks(1_000_000)) parts.push(Buffer.from(part));
  return { content: Buffer.concat(parts), trailer: body.trailer(NAME) };
}

/** Unsigned chunks by the letter: @returns undefined for what is not well-formed */
export function plainReading({ content: expected }: BodyForm, bytes: Buffer): Read | undefined {
  let rest = bytes.toString('latin1');
  let content = '';
  for (;;) {
    const head = /^([0-9a-fA-F]{1,15})(?:;[^\r\n]*)?\r\n/.exec(rest);
    if (head === null) return undefined;
    const size = Number.parseInt(head[1]!, 16);
    rest = rest.slice(head[0].length);
    if (size === 0) break;
    if (rest.length < size + 2 || rest.slice(size, size + 2) !== '\r\n') return undefined;
    content += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
  const end =
    /^[ \t]*([^\s:]+)[ \t]*:([^\r\n]*)\r\n\r\n$/.exec(rest) ??
    /^[ \t]*([^\s:]+)[ \t]*:([^\r\n]*)\n\r\n(?:\r\n)?$/.exec(rest);
  if (end === null || end[1]!.toLowerCase() !== NAME || content.length !== expected.length) return undefined;
  return { content: Buffer.from(content, 'latin1'), trailer: end[2]!.replace(/^[ \t]+|[ \t]+$/g, '') };
}
