/** Bodies of S3 requests: what they hold, and how they fail. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CosError } from '../../errors/cos-error.ts';
import { Mac } from '../../platform/hash/mac.ts';
import {
  bodyFrom,
  type Framing,
  framed,
  type Headers,
  PUBLISHED,
  PUBLISHED_STAMP,
  SHA256_OF_NOTHING,
  scopeOf,
  v4Key,
  wireOf,
} from '../signature/fixture.ts';
import type { Payload } from '../signature/payload.ts';
import { bodyOf, storedEncoding } from './body-of.ts';

const SEED = '0'.repeat(64);
const CHAIN = {
  signingKey: new Mac('sha256', v4Key(PUBLISHED)),
  timestamp: PUBLISHED_STAMP,
  scope: scopeOf(PUBLISHED),
  seed: SEED,
};
const CRC = 'x-amz-checksum-crc32:AAAAAA==';
const MAX = 10_000_000;

interface Form {
  readonly signed: boolean;
  readonly trailer: boolean;
}

const FORMS: readonly (readonly [string, Form])[] = [
  ['signed', { signed: true, trailer: false }],
  ['signed with a trailer', { signed: true, trailer: true }],
  ['unsigned with a trailer', { signed: false, trailer: true }],
];

const payloadFor = ({ signed, trailer }: Form): Payload => ({
  kind: 'chunked',
  trailer,
  chain: signed ? CHAIN : undefined,
});

const framingFor = ({ signed, trailer }: Form, sizes: readonly number[]): Framing => ({
  sizes,
  ...(signed ? { signer: PUBLISHED, seed: SEED } : {}),
  ...(trailer ? { trailers: [CRC] } : {}),
});

function open(sent: Buffer, length: number | string, form: Form, pieces: readonly Buffer[] = [sent]) {
  const headers: Headers = [
    ['x-amz-decoded-content-length', String(length)],
    ...(form.trailer ? [['x-amz-trailer', 'x-amz-checksum-crc32'] as const] : []),
  ];
  return bodyOf(wireOf({ method: 'PUT', target: '/a', headers, body: bodyFrom(pieces) }), payloadFor(form));
}

async function readChunks(body: ReturnType<typeof bodyOf>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of body.chunks(MAX)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const cut = (bytes: Buffer, at: readonly number[]): Buffer[] => {
  const points = [...new Set([0, ...at.map((point) => point % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return points.slice(1).map((point, i) => bytes.subarray(points[i]!, point));
};

async function codeOf(read: Promise<unknown>): Promise<string> {
  try {
    await read;
    return 'none';
  } catch (error) {
    return (error as CosError).code;
  }
}

describe.each(FORMS)('aws-chunked, %s', (_, form) => {
  it('is the same however it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 8 }),
        fc.array(fc.nat(4_000), { maxLength: 30 }),
        async (sizes, at) => {
          const content = Buffer.from(Array.from({ length: sizes.reduce((a, b) => a + b, 0) }, (__, i) => i % 251));
          const sent = framed(content, framingFor(form, sizes));
          for (const read of [readChunks, (body: ReturnType<typeof bodyOf>) => body.readAll(MAX)]) {
            const body = open(sent, content.length, form, cut(sent, at));
            expect(body.length).toBe(content.length);
            expect((await read(body)).equals(content)).toBe(true);
            expect(body.trailer('x-amz-checksum-crc32')).toBe(form.trailer ? 'AAAAAA==' : undefined);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('fails wherever it is cut off', async () => {
    const content = Buffer.from('some content in chunks');
    const sent = framed(content, framingFor(form, [10, 12]));
    for (let end = 0; end < sent.length; end++) {
      const short = sent.subarray(0, end);
      expect(await codeOf(open(short, content.length, form).readAll(MAX))).not.toBe('none');
      expect(await codeOf(readChunks(open(short, content.length, form)))).not.toBe('none');
    }
    expect(await codeOf(open(sent, content.length, form).readAll(MAX))).toBe('none');
  });

  it.runIf(form.signed)('notices whatever byte changes', async () => {
    const content = Buffer.from('some content in chunks');
    const sent = framed(content, framingFor(form, [10, 12]));
    for (let at = 0; at < sent.length; at++) {
      for (const change of [1, 32, 128]) {
        const changed = Buffer.from(sent);
        changed[at]! ^= change;
        const body = open(changed, content.length, form);
        const code = await codeOf(body.readAll(MAX));
        if (code === 'none') {
          // The case of what is read without case.
          expect(change).toBe(32);
          expect(body.trailer('x-amz-checksum-crc32')).toBe(form.trailer ? 'AAAAAA==' : undefined);
        }
      }
    }
  });

  it('has the announced length', async () => {
    const sent = framed(Buffer.from('content'), framingFor(form, [7]));
    for (const length of [0, 6, 8]) expect(await codeOf(open(sent, length, form).readAll(MAX))).toBe('IncompleteBody');
    const longer = Buffer.concat([sent, Buffer.from('\r\n')]);
    expect(await codeOf(open(longer, 7, form).readAll(MAX))).toBe('IncompleteBody');
    expect(() => open(sent, '', form)).toThrow(expect.objectContaining({ code: 'MissingContentLength' }));
    expect(() => open(sent, 'x', form)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
  });

  it('is refused before it is read where it is too large', async () => {
    const sent = framed(Buffer.from('content'), framingFor(form, [7]));
    expect(await codeOf(open(sent, 7, form).readAll(6))).toBe('EntityTooLarge');
    expect(await codeOf(open(sent, 7, form).chunks(6)[Symbol.asyncIterator]().next())).toBe('EntityTooLarge');
  });
});

describe('framing', () => {
  const UNSIGNED: Form = { signed: false, trailer: true };
  const read = (text: string, length = 5): Promise<string> =>
    codeOf(open(Buffer.from(text, 'latin1'), length, UNSIGNED).readAll(MAX));

  it.each([
    ['sizes with zeros before them, and of any case', `0000A\r\n0123456789\r\n0\r\n${CRC}\r\n\r\n`, 10, 'none'],
    ['an extension', `5;x=y\r\n01234\r\n0\r\n${CRC}\r\n\r\n`, 5, 'none'],
    ['blanks around a trailer', `5\r\n01234\r\n0\r\nX-Amz-Checksum-CRC32 : AAAAAA== \r\n\r\n`, 5, 'none'],
    ['a field that ends with LF CR LF', `5\r\n01234\r\n0\r\n${CRC}\n\r\n\r\n`, 5, 'none'],
    ['the same without a last line', `5\r\n01234\r\n0\r\n${CRC}\n\r\n`, 5, 'none'],
    ['the same with the begin of another line', `5\r\n01234\r\n0\r\n${CRC}\n\r\n&x`, 5, 'IncompleteBody'],
    ['the same with half of its last line end', `5\r\n01234\r\n0\r\n${CRC}\n\r\n\r`, 5, 'IncompleteBody'],
    ['a size that is none', `g\r\n01234\r\n0\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['a size below nothing', `-5\r\n01234\r\n0\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['no size', `\r\n01234\r\n0\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['a size that is too large', `fffffffffffffffff\r\n01234`, 5, 'IncompleteBody'],
    ['a chunk that is longer', `4\r\n01234\r\n0\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['a chunk that is shorter', `6\r\n01234\r\n0\r\n${CRC}\r\n\r\n`, 6, 'IncompleteBody'],
    ['a bare line feed behind a size', `5\n01234\r\n0\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['a bare line feed behind a chunk', `5\r\n01234\n0\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['no last chunk', `5\r\n01234\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['another last byte', `5\r\n01234\r\n0\r\n${CRC}\r\n\rX`, 5, 'IncompleteBody'],
    ['a line that is too long', `5;${'x'.repeat(9_000)}\r\n01234\r\n0\r\n${CRC}\r\n\r\n`, 5, 'IncompleteBody'],
    ['no trailer', '5\r\n01234\r\n0\r\n\r\n', 5, 'MalformedTrailerError'],
    ['a trailer without a name', '5\r\n01234\r\n0\r\n:AAAAAA==\r\n\r\n', 5, 'MalformedTrailerError'],
    ['another trailer', '5\r\n01234\r\n0\r\nx-amz-checksum-sha1:AAAA\r\n\r\n', 5, 'MalformedTrailerError'],
    ['a trailer twice', `5\r\n01234\r\n0\r\n${CRC}\r\n${CRC}\r\n\r\n`, 5, 'MalformedTrailerError'],
    ['a trailer that goes on', `5\r\n01234\r\n0\r\n${CRC}${'A'.repeat(9_000)}\r\n\r\n`, 5, 'IncompleteBody'],
  ])('of %s', async (_, text, length, code) => {
    expect(await read(text, length)).toBe(code);
  });

  it('has signatures where they are due', async () => {
    const form = { signed: true, trailer: false };
    const content = Buffer.from('01234');
    const sent = framed(content, framingFor(form, [5])).toString();
    expect(await codeOf(open(Buffer.from(sent), 5, form).readAll(MAX))).toBe('none');
    const without = sent.replace(/;chunk-signature=[0-9a-f]{64}/, '');
    expect(await codeOf(open(Buffer.from(without), 5, form).readAll(MAX))).toBe('IncompleteBody');
    const swapped = sent.replace('01234', '01243');
    expect(await codeOf(open(Buffer.from(swapped), 5, form).readAll(MAX))).toBe('SignatureDoesNotMatch');
    // The chain keeps chunks in their order.
    const two = framed(Buffer.from('aaaabbbb'), framingFor(form, [4, 4])).toString();
    const [first, second, last] = two.split(/(?<=\r\n[ab]{4}\r\n)/) as [string, string, string];
    expect(await codeOf(open(Buffer.from(first + second + last), 8, form).readAll(MAX))).toBe('none');
    expect(await codeOf(open(Buffer.from(second + first + last), 8, form).readAll(MAX))).toBe('SignatureDoesNotMatch');
    expect(await codeOf(open(Buffer.from(first + last), 4, form).readAll(MAX))).toBe('SignatureDoesNotMatch');
  });

  it('needs no memory for a chunk', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const count = 64;
    let open = 0;
    let most = 0;
    const body = bodyFrom([]);
    async function* pieces(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${(piece.length * count).toString(16)}\r\n`);
      for (let i = 0; i < count; i++) {
        open += 1;
        most = Math.max(most, open);
        yield piece;
      }
      yield Buffer.from(`\r\n0\r\n${CRC}\r\n\r\n`);
    }
    const headers: Headers = [
      ['x-amz-decoded-content-length', String(piece.length * count)],
      ['x-amz-trailer', 'x-amz-checksum-crc32'],
    ];
    const wire = wireOf({ target: '/a', headers, body: { ...body, chunks: pieces } });
    let bytes = 0;
    for await (const part of bodyOf(wire, payloadFor(UNSIGNED)).chunks(MAX * 10)) {
      bytes += part.length;
      open -= 1;
    }
    expect(bytes).toBe(piece.length * count);
    expect(most).toBe(1);
  });
});

describe('a body with its SHA-256', () => {
  const HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
  const of = (text: string, hex: string) =>
    bodyOf(wireOf({ target: '/a', body: bodyFrom(text === '' ? [] : [Buffer.from(text)]) }), { kind: 'sha256', hex });

  it('is held against it', async () => {
    expect((await of('hello', HELLO).readAll(MAX)).toString()).toBe('hello');
    expect((await readChunks(of('hello', HELLO))).toString()).toBe('hello');
    expect(await codeOf(of('', SHA256_OF_NOTHING).readAll(MAX))).toBe('none');
    expect(await codeOf(of('', HELLO).readAll(MAX))).toBe('XAmzContentSHA256Mismatch');
    expect(await codeOf(of('hellO', HELLO).readAll(MAX))).toBe('XAmzContentSHA256Mismatch');
    expect(await codeOf(readChunks(of('hellO', HELLO)))).toBe('XAmzContentSHA256Mismatch');
  });

  it('is as long as what was sent', () => {
    expect(of('hello', HELLO).length).toBe(5);
    expect(bodyOf(wireOf({ target: '/a' }), { kind: 'unsigned' }).length).toBe(0);
  });
});

it('is refused with a Content-MD5 that says nothing', () => {
  const put = (value: string, text: string) => {
    const headers: Headers = [['Content-MD5', value]];
    return bodyOf(wireOf({ target: '/a', headers, body: bodyFrom([Buffer.from(text)]) }), { kind: 'unsigned' });
  };
  expect(() => put('', 'bar')).toThrow(expect.objectContaining({ code: 'InvalidDigest' }));
  expect(put('N7UdGUp1E+RbVvZSTy1R8g==', 'bar').length).toBe(3);
  expect(put('', '').length).toBe(0);
});

it.each([
  [undefined, undefined],
  ['aws-chunked', undefined],
  ['gzip,aws-chunked', 'gzip'],
  ['AWS-Chunked, gzip , br', 'gzip,br'],
  ['gzip', 'gzip'],
])('of a Content-Encoding %s is stored %s', (sent, stored) => {
  expect(storedEncoding(sent)).toBe(stored);
});
