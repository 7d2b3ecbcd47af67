import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { isStream } from '../http/reply.ts';
import type { WireReply } from '../http/types.ts';
import { keptAlive } from './kept-alive.ts';

const refuse = (error: unknown): WireReply => ({
  status: 412,
  headers: [],
  body: `<?xml version='1.0' encoding='utf-8' ?>\n<Error><Code>${(error as CosError).code}</Code></Error>`,
});
const later = <T>(ms: number, value: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    setTimeout(() => {
      try {
        resolve(value());
      } catch (error) {
        reject(error);
      }
    }, ms);
  });

async function textOf(reply: WireReply): Promise<string> {
  if (!isStream(reply.body)) throw new Error('no stream');
  let text = '';
  for await (const chunk of reply.body.stream) text += chunk.toString();
  return text;
}

describe('keptAlive', () => {
  const done: WireReply = { status: 200, headers: ['ETag', 'x'], body: '<Done/>' };

  it('gives a quick answer as it is', async () => {
    expect(await keptAlive(Promise.resolve(done), 1_000, refuse)).toBe(done);
    const failed = keptAlive(Promise.reject(new CosError('NoSuchUpload')), 1_000, refuse);
    await expect(failed).rejects.toMatchObject({ code: 'NoSuchUpload' });
  });

  it('sends blanks, then the document', async () => {
    const reply = await keptAlive(
      later(120, () => done),
      20,
      refuse,
    );
    expect(reply).toMatchObject({ status: 200, headers: ['Content-Type', 'application/xml'] });
    expect(await textOf(reply)).toMatch(/^ {3,6}<Done\/>$/);
  });

  it('tells an error inside the 200, without a declaration behind the blanks', async () => {
    const running = later(60, (): WireReply => {
      throw new CosError('PreconditionFailed');
    });
    expect(await textOf(await keptAlive(running, 20, refuse))).toMatch(
      /^ {1,3}<Error><Code>PreconditionFailed<\/Code><\/Error>$/,
    );
  });
});
