import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { type AccessLine, type LogOptions, openLog } from './log.ts';
import { hideSecrets, lineAsText } from './log-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'cosette-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function options(given: Partial<LogOptions> = {}): LogOptions & { file: string } {
  return { level: 'info', format: 'json', access: true, ...given, file: join(folder, `${++files}.log`) };
}

function lines(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const line: AccessLine = {
  requestId: 'NWNl',
  remote: '127.0.0.1',
  method: 'PUT',
  operation: 'PUT Object',
  bucket: 'b-1250000000',
  key: 'a b',
  status: 200,
  bytes: 0,
  ms: 1.25,
};

describe('openLog', () => {
  it('writes one JSON object a line, with time, level, message and fields', async () => {
    const given = options();
    const log = openLog(given, new ManualClock(Date.UTC(2026, 10, 26, 8)));
    log.info('started', { port: 9000 });
    log.debug('unseen');
    log.error('failed', { error: new Error('why') });
    await log.close();
    const [first, second, third] = lines(given.file);
    expect(first).toEqual({ level: 'info', time: '2026-11-26T08:00:00.000Z', port: 9000, message: 'started' });
    expect(second).toMatchObject({ level: 'error', message: 'failed', error: { type: 'Error', message: 'why' } });
    expect(third).toBeUndefined();
  });

  it('writes an access line with the facts of the request', async () => {
    const given = options();
    const log = openLog(given);
    log.access(line);
    await log.close();
    expect(lines(given.file)[0]).toMatchObject({ ...line, level: 'info', message: 'access' });
  });

  it('leaves access lines out when they are off or below the level', async () => {
    for (const given of [options({ access: false }), options({ level: 'warn' })]) {
      const log = openLog(given);
      expect(log.accessEnabled).toBe(false);
      log.access(line);
      log.error('kept');
      await log.close();
      expect(lines(given.file).map((entry) => entry['message'])).toEqual(['kept']);
    }
  });

  it('writes access lines to a file of their own, whatever the level', async () => {
    const accessFile = join(folder, 'access.log');
    const given = options({ level: 'error', accessFile });
    const log = openLog(given);
    log.access(line);
    await log.close();
    expect(readFileSync(given.file, 'utf8')).toBe('');
    expect(lines(accessFile)).toHaveLength(1);
  });

  it('appends, and flushSync leaves nothing behind', () => {
    const given = options();
    for (const message of ['one', 'two']) {
      const log = openLog(given);
      log.info(message);
      log.flushSync();
    }
    expect(lines(given.file).map((entry) => entry['message'])).toEqual(['one', 'two']);
  });

  it('fails at once for a file that cannot be opened', () => {
    expect(() => openLog({ ...options(), file: join(folder, 'none', 'x.log') })).toThrow('ENOENT');
  });

  it('hides secrets wherever they stand in a line', async () => {
    const given = options();
    const log = openLog(given);
    log.warn('bad request /k?q-ak=AKID&q-signature=0123abcd&x-cos-security-token=tok123', {
      headers: { authorization: 'q-sign-algorithm=sha1&q-ak=AKID&q-signature=feed' },
      secretKey: 'sk123',
      error: new Error('Authorization: AWS4-HMAC-SHA256 Credential=AKID, Signature=beef'),
    });
    await log.close();
    const text = readFileSync(given.file, 'utf8');
    for (const secret of ['0123abcd', 'tok123', 'feed', 'sk123', 'beef']) expect(text).not.toContain(secret);
    expect(text).toContain('q-ak=AKID');
    expect(lines(given.file)).toHaveLength(1);
  });
});

describe('hideSecrets', () => {
  it.each([
    ['GET /?sign=abc%3D HTTP', 'GET /?sign=*** HTTP'],
    ['{"SecretKey":"abc"}', '{"SecretKey":"***"}'],
    ['{"a":"{\\"Token\\":\\"abc\\"}"}', '{"a":"{\\"Token\\":\\"***\\"}"}'],
    ['X-Amz-Signature=abc&x=1', 'X-Amz-Signature=***&x=1'],
    ['Authorization: AWS AKID:abc=', 'Authorization: ***'],
  ])('%s', (given, wanted) => {
    expect(hideSecrets(given)).toBe(wanted);
  });

  it('leaves other lines alone', () => {
    const plain = '{"message":"SignatureDoesNotMatch","code":"ExpiredToken","secretId":"AKID"}';
    expect(hideSecrets(plain)).toBe(plain);
  });
});

describe('lineAsText', () => {
  it('puts time, level and message first, and a stack below', () => {
    expect(lineAsText('{"level":"warn","time":"2026-11-26T08:00:00.000Z","n":1,"s":"a b","message":"hm"}')).toBe(
      '08:00:00.000 WARN  hm n=1 s="a b"\n',
    );
    expect(
      lineAsText('{"level":"error","time":"2026-11-26T08:00:00.000Z","error":{"stack":"S\\nat"},"message":"m"}'),
    ).toBe('08:00:00.000 ERROR m\nS\nat\n');
  });
});
