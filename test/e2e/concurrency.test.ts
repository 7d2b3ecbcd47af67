/**
 * Requests that race, against a real server process (spec/objects.md §2.15, §6, §8.3, §11.7, §11.8; docs/INVARIANTS.md):
 * whatever the order, what the answers say and what is stored afterwards fit together.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc64, formatCrc64 } from '../../src/platform/hash/crc64.ts';
import {
  complete,
  failure,
  initiate,
  makeBucket,
  md5Hex,
  partList,
  put,
  textOf,
  uploadPart,
} from '../support/buckets.ts';
import type { Answer, Send } from '../support/http.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const MIB = 1024 ** 2;
/** Requests at once, and how often each race is run. */
const RACERS = 12;
const ROUNDS = 8;

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--grace-ms', '0'] });
  send = await makeBucket(server, 'races');
});
afterAll(() => server.remove());

/** Bytes that tell who wrote them; sizes on both sides of what the engine keeps in its log. */
function contentOf(writer: number): Buffer {
  return Buffer.alloc(writer % 4 === 0 ? MIB + 10 + writer : 1_000 + writer, `writer ${writer};`);
}

const racers = Array.from({ length: RACERS }, (_, at) => at);
const race = (ask: (racer: number) => Promise<Answer>): Promise<Answer[]> => Promise.all(racers.map(ask));
const rounds = Array.from({ length: ROUNDS }, (_, at) => at);

/** What an answer says of the bytes it brings is true. */
async function readWhole(key: string): Promise<Buffer> {
  const { status, headers, body } = await send({ method: 'GET', key });
  expect(status).toBe(200);
  expect(Number(headers['content-length'])).toBe(body.length);
  expect(headers['x-cos-hash-crc64ecma']).toBe(formatCrc64(crc64(body)));
  return body;
}

/** How often each status and code was answered. */
function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const name = failure(answer).filter(Boolean).join(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('writers of one key', () => {
  it('leave one whole object: its ETag and CRC are those of its bytes, which one of them sent', async () => {
    for (const round of rounds) {
      const key = `storm/${round}`;
      const answers = await race((racer) => send({ method: 'PUT', key, body: contentOf(racer) }));
      expect(tally(answers)).toEqual({ 200: RACERS });
      const body = await readWhole(key);
      const winner = racers.find((racer) => contentOf(racer).equals(body));
      expect(winner).toBeDefined();
      const head = await send({ method: 'HEAD', key });
      expect(head.headers['etag']).toBe(`"${md5Hex(body)}"`);
      expect(answers[winner!]!.headers['etag']).toBe(head.headers['etag']);
    }
  });

  it('are read whole at any moment', async () => {
    const key = 'storm/read';
    await put(send, key, contentOf(0));
    const writes = race((racer) => send({ method: 'PUT', key, body: contentOf(racer) }));
    const known = racers.map((racer) => md5Hex(contentOf(racer)));
    for (let count = 0; count < 20; count++) expect(known).toContain(md5Hex(await readWhole(key)));
    expect(tally(await writes)).toEqual({ 200: RACERS });
  });

  it('with If-None-Match: * make one object', async () => {
    for (const round of rounds) {
      const key = `once/${round}`;
      const headers = { 'If-None-Match': '*' };
      const answers = await race((racer) => send({ method: 'PUT', key, headers, body: contentOf(racer) }));
      expect(tally(answers)).toEqual({ 200: 1, '412 PreconditionFailed': RACERS - 1 });
      const winner = answers.findIndex(({ status }) => status === 200);
      expect((await readWhole(key)).equals(contentOf(winner))).toBe(true);
    }
  });

  it('with x-cos-forbid-overwrite make one object', async () => {
    for (const round of rounds) {
      const key = `forbidden/${round}`;
      const headers = { 'x-cos-forbid-overwrite': 'true' };
      const answers = await race((racer) => send({ method: 'PUT', key, headers, body: contentOf(racer) }));
      expect(tally(answers)).toEqual({ 200: 1, '409 FileAlreadyExists': RACERS - 1 });
      const winner = answers.findIndex(({ status }) => status === 200);
      expect((await readWhole(key)).equals(contentOf(winner))).toBe(true);
    }
  });

  it('with If-Match of what they saw replace it once', async () => {
    for (const round of rounds) {
      const key = `swap/${round}`;
      const etag = (await put(send, key, 'seen by all')).headers['etag']!;
      const answers = await race((racer) =>
        send({ method: 'PUT', key, headers: { 'If-Match': etag }, body: contentOf(racer) }),
      );
      expect(tally(answers)).toEqual({ 200: 1, '412 PreconditionFailed': RACERS - 1 });
      const winner = answers.findIndex(({ status }) => status === 200);
      expect((await readWhole(key)).equals(contentOf(winner))).toBe(true);
    }
  });

  it('in a versioned bucket each leave a version', async () => {
    const versioned = await makeBucket(server, 'races-versioned', { versioning: 'Enabled' });
    const answers = await race((racer) => versioned({ method: 'PUT', key: 'k', body: contentOf(racer) }));
    expect(tally(answers)).toEqual({ 200: RACERS });
    const ids = answers.map(({ headers }) => String(headers['x-cos-version-id']));
    expect(new Set(ids).size).toBe(RACERS);
    for (const [racer, versionId] of ids.entries()) {
      const { body } = await versioned({ method: 'GET', key: 'k', query: { versionId } });
      expect(body.equals(contentOf(racer))).toBe(true);
    }
    const { text } = await versioned({ method: 'GET', query: { versions: '' } });
    expect([...text.matchAll(/<VersionId>([^<]+)/g)].map((match) => match[1]).sort()).toEqual([...ids].sort());
    expect(text.match(/<IsLatest>true/g)).toHaveLength(1);
  });
});

describe('appends at one position', () => {
  it('succeed once, whoever comes first; the length is right after each', async () => {
    for (const round of rounds.slice(0, 4)) {
      const key = `append/${round}`;
      const whole: Buffer[] = [];
      for (let count = 0; count < 4; count++) {
        const position = String(Buffer.concat(whole).length);
        const query = { append: '', position };
        const answers = await race((racer) => send({ method: 'POST', key, query, body: contentOf(racer + 1) }));
        const winners = racers.filter((racer) => answers[racer]!.status === 200);
        expect(winners).toHaveLength(1);
        const codes = answers.map(({ error }) => error['Code']).filter((code) => code !== undefined);
        expect(codes.filter((code) => code !== 'AppendPositionErr' && code !== 'PathConflict')).toEqual([]);
        whole.push(contentOf(winners[0]! + 1));
        expect((await readWhole(key)).equals(Buffer.concat(whole))).toBe(true);
      }
    }
  });
});

interface Started {
  readonly key: string;
  readonly uploadId: string;
  readonly etags: string[];
  readonly parts: Buffer[];
}

async function startUpload(key: string): Promise<Started> {
  const uploadId = await initiate(send, key);
  const parts = [Buffer.alloc(MIB, 'first;'), Buffer.from('second')];
  const etags: string[] = [];
  for (const [at, part] of parts.entries()) etags.push(await uploadPart(send, key, uploadId, at + 1, part));
  return { key, uploadId, etags, parts };
}

async function expectGone({ key, uploadId }: Started): Promise<void> {
  expect(failure(await send({ method: 'GET', key, query: { uploadId } }))).toEqual([404, 'NoSuchUpload']);
}

describe('Complete', () => {
  it('sent again and again has one effect and one answer', async () => {
    for (const round of rounds) {
      const started = await startUpload(`complete/${round}`);
      const { key, uploadId, etags, parts } = started;
      const answers = await race(() => complete(send, key, uploadId, etags));
      const again = await complete(send, key, uploadId, etags);
      expect(again.status).toBe(200);
      for (const answer of answers) {
        if (answer.status === 200) {
          expect(textOf(answer.text, 'ETag')).toBe(textOf(again.text, 'ETag'));
          expect(answer.headers['x-cos-hash-crc64ecma']).toBe(again.headers['x-cos-hash-crc64ecma']);
        } else expect(failure(answer)).toEqual([409, 'PathConflict']);
      }
      expect(answers.some(({ status }) => status === 200)).toBe(true);
      expect((await readWhole(key)).equals(Buffer.concat(parts))).toBe(true);
      await expectGone(started);
    }
  });

  it('against Abort: one of them wins', async () => {
    for (let round = 0; round < ROUNDS * 3; round++) {
      const started = await startUpload(`abort/${round}`);
      const { key, uploadId, etags, parts } = started;
      const complete_ = () => complete(send, key, uploadId, etags);
      const abort = () => send({ method: 'DELETE', key, query: { uploadId } });
      const first = round % 2 === 0 ? [complete_(), abort()] : [abort(), complete_()].reverse();
      const [done, gone] = (await Promise.all(first)) as [Answer, Answer];
      const won = done.status === 200;
      if (won) {
        expect([404, 409]).toContain(gone.status);
        expect((await readWhole(key)).equals(Buffer.concat(parts))).toBe(true);
      } else {
        expect(done.error['Code']).toMatch(/^(NoSuchUpload|PathConflict)$/);
        expect(gone.status).toBe(204);
        expect((await send({ method: 'HEAD', key })).status).toBe(404);
      }
      await expectGone(started);
    }
  });

  it('against Complete with another list: the object is that of one of them', async () => {
    for (const round of rounds) {
      const started = await startUpload(`lists/${round}`);
      const { key, uploadId, etags, parts } = started;
      const lists = [etags, etags.slice(0, 1)];
      const answers = await race((racer) => complete(send, key, uploadId, lists[racer % 2]!));
      const winners = new Set(racers.filter((racer) => answers[racer]!.status === 200).map((racer) => racer % 2));
      expect(winners.size).toBe(1);
      const [list] = winners;
      for (const answer of answers.filter(({ status }) => status !== 200)) {
        expect(answer.error['Code']).toMatch(/^(NoSuchUpload|PathConflict)$/);
      }
      const won = list === 0 ? parts : parts.slice(0, 1);
      expect((await readWhole(key)).equals(Buffer.concat(won))).toBe(true);
      const other = lists[1 - list!]!;
      const late = await send({ method: 'POST', key, query: { uploadId }, body: partList(other) });
      expect(failure(late)).toEqual([404, 'NoSuchUpload']);
      await expectGone(started);
    }
  });

  it('against a part that is sent again: the object has the part as it was listed, or is not made', async () => {
    for (const round of rounds) {
      const started = await startUpload(`late-part/${round}`);
      const { key, uploadId, etags, parts } = started;
      const query = { partNumber: '2', uploadId };
      const [done, part] = await Promise.all([
        complete(send, key, uploadId, etags),
        send({ method: 'PUT', key, query, body: 'another second' }),
      ]);
      if (done.status === 200) {
        expect((await readWhole(key)).equals(Buffer.concat(parts))).toBe(true);
        expect([200, 404, 409]).toContain(part.status);
      } else {
        expect(done.error['Code']).toMatch(/^(InvalidPart|PathConflict)$/);
        expect((await send({ method: 'HEAD', key })).status).toBe(404);
        await send({ method: 'DELETE', key, query: { uploadId } });
      }
      await expectGone(started);
    }
  });
});

describe('deleters and writers of one key', () => {
  it('leave a whole object or none', async () => {
    for (const round of rounds) {
      const key = `delete/${round}`;
      await put(send, key, contentOf(0));
      const answers = await race((racer) =>
        racer % 2 === 0 ? send({ method: 'DELETE', key }) : send({ method: 'PUT', key, body: contentOf(racer) }),
      );
      for (const [racer, { status }] of answers.entries()) expect(status).toBe(racer % 2 === 0 ? 204 : 200);
      const head = await send({ method: 'HEAD', key });
      if (head.status === 404) continue;
      const body = await readWhole(key);
      expect(racers.some((racer) => racer % 2 === 1 && contentOf(racer).equals(body))).toBe(true);
    }
  });
});
