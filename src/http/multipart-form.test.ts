import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { type FormLimits, type MultipartForm, readMultipartForm } from './multipart-form.ts';
import type { BodySource } from './types.ts';

const LIMITS: FormLimits = {
  fileBytes: 1_000_000,
  fieldCount: 10,
  fieldsBytes: 10_000,
  fieldBytes: (name) => (name === 'policy' ? 4_000 : 1_000),
};
const B = '----WebKitFormBoundaryZBPbaoYE2gqeB21N';
const TYPE = `multipart/form-data; boundary=${B}`;

interface Source extends BodySource {
  /** bytes handed out */
  readonly given: () => number;
  readonly returned: () => number;
}

/** @param fails raised behind the last chunk, as the wire does for a client that stalls or goes away */
function source(chunks: readonly Buffer[], fails?: CosError): Source {
  let given = 0;
  let returned = 0;
  async function* deliver(): AsyncGenerator<Buffer> {
    try {
      for (const chunk of chunks) {
        given += chunk.length;
        yield chunk;
      }
      if (fails !== undefined) throw fails;
    } finally {
      returned++;
    }
  }
  return {
    length: undefined,
    unannounced: false,
    readAll: () => Promise.reject(new Error('a form is not read whole')),
    chunks: deliver,
    given: () => given,
    returned: () => returned,
  };
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

const bytes = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text) : text);
const part = (disposition: string, value: string | Buffer, more = '') =>
  Buffer.concat([bytes(`--${B}\r\nContent-Disposition: ${disposition}\r\n${more}\r\n`), bytes(value), bytes('\r\n')]);
const field = (name: string, value: string | Buffer) => part(`form-data; name="${name}"`, value);
const file = (value: string | Buffer) =>
  part('form-data; name="file"; filename="a.jpg"', value, 'Content-Type: a/b\r\n');
const form = (...parts: readonly Buffer[]) => Buffer.concat([...parts, bytes(`--${B}--\r\n`)]);

const open = (body: BodySource | Buffer, type: string | undefined = TYPE) =>
  readMultipartForm(Buffer.isBuffer(body) ? source([body]) : body, type, LIMITS);
const namesAndValues = ({ fields }: MultipartForm) => fields.map(({ name, value }) => [name, value.toString('latin1')]);
const fileOf = async (body: BodySource | Buffer) =>
  (await (await open(body)).file.body.readAll(1e6)).toString('latin1');
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('readMultipartForm', () => {
  it('gives the same fields and the same file, however the body was cut', async () => {
    // Values made of what delimiters are made of, so that they look alike.
    const piece = fc.oneof(
      fc.constantFrom('\r', '\n', '\r\n', '--', '-', `\r\n--${B.slice(0, 9)}`, `\r\n--${B}x`, `\r\n--${B}-`, `--${B}`),
      fc.string({ maxLength: 5 }),
    );
    const value = fc
      .array(piece, { maxLength: 12 })
      .map((pieces) => pieces.join(''))
      // A value that holds the delimiter line itself is no value.
      .filter((text) => !new RegExp(`\r\n--${B}(--)?[ \t]*(\r\n|\n|$)`).test(`\r\n${text}\r\n`));
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { maxLength: 4 }),
        value,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        async (values, content, sizes) => {
          const whole = form(...values.map((text, i) => field(`f${i}`, text)), file(content), field('after', 'x'));
          const opened = await open(source(cut(whole, sizes)));
          expect(namesAndValues(opened)).toEqual(values.map((text, i) => [`f${i}`, bytes(text).toString('latin1')]));
          expect(opened.file.filename).toBe('a.jpg');
          expect((await opened.file.body.readAll(1e6)).equals(bytes(content))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps lines of the file that only begin like a delimiter', async () => {
    for (const line of [
      `--${B}x`,
      `--${B}-`,
      `--${B}--x`,
      `--${B} x`,
      `--${B}--\rx`,
      `--${B}\n`,
      `--${B}${' '.repeat(80)}`,
    ]) {
      expect(await fileOf(form(file(`one\r\n${line}\r\ntwo`)))).toBe(`one\r\n${line}\r\ntwo`);
    }
    // A form inside the file, with a boundary that ours begins.
    const inner = `--${B}1\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--${B}1--\r\n`;
    expect(await fileOf(form(file(inner)))).toBe(inner);
  });

  it('reads forms as clients write them', async () => {
    const forms: readonly [type: string, text: string][] = [
      // a browser
      [
        TYPE,
        `--${B}\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n--${B}\r\nContent-Disposition: form-data; name="file"; filename="图片.png"\r\nContent-Type: image/png\r\n\r\nx\r\n--${B}--\r\n`,
      ],
      // the form-data package: no line break at the end of some versions, headers in another order
      [
        'multipart/form-data; boundary=--------------------------12',
        `----------------------------12\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n----------------------------12\r\nContent-Type: image/png\r\nContent-Disposition: form-data; name="file"; filename="图片.png"\r\n\r\nx\r\n----------------------------12--`,
      ],
      // .NET: quoted boundary, bare names, the file name twice
      [
        'multipart/form-data; boundary="a b"',
        `--a b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=key\r\n\r\nk\r\n--a b\r\nContent-Disposition: form-data; name=file; filename="=?utf-8?B?5Zu+?="; filename*=utf-8''%E5%9B%BE%E7%89%87.png\r\n\r\nx\r\n--a b--\r\n`,
      ],
      // an old browser's whole path, blanks behind the boundary, text around the form
      [
        'Multipart/Form-Data ; charset=utf-8; Boundary=b',
        `hello\r\n--b \t\r\ncontent-disposition:form-data;name="key"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="C:\\tmp\\图片.png"\r\n\r\nx\r\n--b--  \r\nbye`,
      ],
      // a line break in front of the form, the editor's behind it
      [
        'multipart/form-data; boundary=b',
        `\r\n--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name="File"; filename="图片.png"\r\n\r\nx\r\n--b--\n`,
      ],
    ];
    for (const [type, text] of forms) {
      for (const size of [1, 7, 10_000]) {
        const opened = await open(source(cut(bytes(text), [size])), type);
        expect(namesAndValues(opened)).toEqual([['key', 'k']]);
        expect(opened.file.filename).toBe('图片.png');
        expect((await opened.file.body.readAll(10)).toString()).toBe('x');
      }
    }
  });

  it('reads what Node makes of FormData', async () => {
    const data = new FormData();
    data.set('key', 'a\nb');
    data.set('x-cos-meta-"a"', '图');
    data.set('file', new Blob([Buffer.alloc(100_000, 'ab\r\n--')]), 'q"uote 图.bin');
    const request = new Request('http://127.0.0.1/', { method: 'POST', body: data });
    const sent = Buffer.from(await request.clone().arrayBuffer());
    const opened = await open(source(cut(sent, [997])), request.headers.get('content-type')!);
    expect(opened.fields.map(({ name, value }) => [name, value.toString()])).toEqual([
      ['key', 'a\r\nb'],
      ['x-cos-meta-"a"', '图'],
    ]);
    expect(opened.file.filename).toBe('q"uote 图.bin');
    expect((await opened.file.body.readAll(1e6)).equals(Buffer.alloc(100_000, 'ab\r\n--'))).toBe(true);
  });

  it('reads names with escapes and in other encodings', async () => {
    for (const [sent, name] of [
      ['"a%22b.txt"', 'a"b.txt'],
      ['"a\\"b.txt"', 'a"b.txt'],
      ['"a;b=c.txt"', 'a;b=c.txt'],
      ['"50%.txt"', '50%.txt'],
      ['a.txt', 'a.txt'],
      ['""', ''],
    ]) {
      const opened = await open(form(part(`form-data; name="file"; filename=${sent}`, 'x')));
      expect(opened.file.filename).toBe(name);
    }
    const latin1 = Buffer.from(form(part('form-data; name="file"; filename="é"', 'x')).toString('utf8'), 'latin1');
    expect((await open(latin1)).file.filename).toBe('é');
  });

  it('takes the part called file for the file, with a file name or without, and no other part', async () => {
    const opened = await open(form(part('form-data; name="blob"; filename="b"', 'v'), field('file', 'x')));
    expect(namesAndValues(opened)).toEqual([['blob', 'v']]);
    expect(opened.file.filename).toBe('');
    expect((await opened.file.body.readAll(1)).toString()).toBe('x');
    await expect(open(form(part('form-data; name="upload"; filename="b"', 'v')))).rejects.toEqual(
      code('IncorrectNumberOfFilesInPostRequest'),
    );
  });

  it('tells the end of the file only when no second one follows', async () => {
    const pieces: string[] = [];
    const two = async () => {
      const opened = await open(source(cut(form(file('one'), field('a', 'b'), field('FILE', 'two')), [1])));
      for await (const piece of opened.file.body.chunks(1e6)) pieces.push(piece.toString());
    };
    await expect(two()).rejects.toEqual(code('IncorrectNumberOfFilesInPostRequest'));
    expect(pieces.join('')).toBe('one');
  });

  it('refuses what is no form', async () => {
    const good = form(field('key', 'k'), file('x'));
    const malformed = code('MalformedPOSTRequest');
    for (const type of [
      undefined,
      'multipart/form-data',
      'text/plain; boundary=b',
      'multipart/mixed; boundary=b',
      'multipart/form-data; boundary=',
      `multipart/form-data; boundary=${'b'.repeat(300)}`,
      `${TYPE}; boundary=b`,
      `multipart/form-data; boundary="b`,
    ]) {
      await expect(readMultipartForm(source([good]), type, LIMITS)).rejects.toEqual(malformed);
    }
    for (const body of [
      '',
      'abc',
      'a=b&c=d'.repeat(2_000),
      `--${B}\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Type: text/plain\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Disposition: form-data\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Disposition: attachment; name="a"\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Disposition: form-data; name=""; filename="a.txt"\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Disposition: form-data; name="a" b\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"\r\n\r\nv\r\n--${B}--\r\n`,
      `--${B}\r\nno header\r\n\r\nvalue\r\n--${B}--\r\n`,
      `--${B}\r\nContent-Disposition: form-data; name="a"\r\nX: ${'x'.repeat(9_000)}\r\n\r\nvalue\r\n--${B}--\r\n`,
      good.toString().replaceAll('\r\n', '\n'),
    ]) {
      for (const size of [3, 100_000]) {
        await expect(open(source(cut(bytes(body), [size])))).rejects.toEqual(malformed);
      }
    }
  });

  it('refuses a form that ends early, wherever', async () => {
    const whole = form(field('key', 'k'), file('content'), field('after', 'a'));
    // The line break behind the closing boundary is not needed.
    for (let length = 0; length < whole.length - 2; length++) {
      await expect(fileOf(source(cut(whole.subarray(0, length), [11])))).rejects.toEqual(code('MalformedPOSTRequest'));
    }
    expect(await fileOf(whole.subarray(0, whole.length - 2))).toBe('content');
  });

  it('passes on what the body raises, wherever it stops', async () => {
    const whole = form(field('key', 'k'), file('content'), field('after', 'a'));
    const stalled = new CosError('RequestTimeOut');
    for (let length = 0; length <= whole.length; length++) {
      const body = source([whole.subarray(0, length)], stalled);
      await expect(fileOf(body)).rejects.toBe(stalled);
      expect(body.returned()).toBe(1);
    }
  });

  it('holds fields to their limits', async () => {
    const tooLarge = code('MaxPostPreDataLengthExceededError');
    expect(await fileOf(form(field('a', 'x'.repeat(1_000)), field('Policy', 'x'.repeat(4_000)), file('f')))).toBe('f');
    await expect(open(form(field('a', 'x'.repeat(1_001)), file('f')))).rejects.toEqual(tooLarge);
    await expect(open(form(field('policy', 'x'.repeat(4_001)), file('f')))).rejects.toEqual(tooLarge);
    const ten = Array.from({ length: 10 }, (_, i) => field(`f${i}`, 'v'));
    expect(await fileOf(form(...ten, file('f')))).toBe('f');
    await expect(open(form(...ten, field('one more', 'v'), file('f')))).rejects.toEqual(tooLarge);
    const wide = Array.from({ length: 10 }, (_, i) => field(`f${i}`, 'v'.repeat(999)));
    await expect(open(form(...wide, field('policy', 'v'.repeat(11)), file('f')))).rejects.toEqual(tooLarge);
    // Behind the file there is no reading on for ever.
    for (const tail of [field('a', 'x'.repeat(10_001)), Buffer.concat([...ten, field('one more', 'v')])]) {
      await expect(fileOf(form(file('f'), tail))).rejects.toEqual(code('MalformedPOSTRequest'));
    }
    await expect(fileOf(Buffer.concat([form(file('f')), Buffer.alloc(10_001)]))).rejects.toEqual(
      code('MalformedPOSTRequest'),
    );
  });

  it('holds the file to the limit of its reader, and lets go of the body', async () => {
    const whole = form(file('x'.repeat(100)), field('after', 'a'));
    const body = source(cut(whole, [16]));
    const own = new CosError('EntityTooLarge', { message: 'mine' });
    await expect((await open(body)).file.body.readAll(99, own)).rejects.toBe(own);
    expect(body.returned()).toBe(1);
    await expect((await open(whole)).file.body.readAll(99)).rejects.toEqual(code('EntityTooLarge'));
    expect((await (await open(whole)).file.body.readAll(100)).length).toBe(100);
  });

  it('reads no further than it is asked to, and stops when its reader does', async () => {
    const whole = form(field('key', 'k'), file(Buffer.alloc(500_000, 1)));
    const body = source(cut(whole, [1_000]));
    const opened = await open(body);
    expect(body.given()).toBe(1_000);
    let read = 0;
    for await (const piece of opened.file.body.chunks(1e6)) {
      read += piece.length;
      expect(body.given() - read).toBeLessThan(2_000);
      if (read > 10_000) break;
    }
    expect(body.returned()).toBe(1);
    expect(body.given()).toBeLessThan(13_000);
    await expect(opened.file.body.readAll(1)).rejects.toThrow('only once');
  });
});
