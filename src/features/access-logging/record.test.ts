import { expect, it } from 'vitest';
import { type AccessRecord, formatRecord } from './record.ts';

const RECORD: AccessRecord = {
  bucket: 'demo-1250000000',
  region: 'ap-beijing',
  endedMs: Date.UTC(2018, 11, 1, 11, 2, 33, 987),
  host: 'demo-1250000000.cos.ap-beijing.myqcloud.com',
  operation: 'PutObject',
  remoteIp: '192.168.0.1',
  secretId: 'AKIDx',
  requestBytes: 12,
  deltaBytes: -3,
  key: 'folder/a b,中"\n.txt',
  method: 'PUT',
  userAgent: 'client/1.0 (a "b")',
  status: 404,
  errorCode: 'NoSuchKey',
  errorMessage: 'The specified key does not exist.',
  responseBytes: 345,
  totalMs: 67.6,
  storageClass: 'STANDARD',
  ownerUin: '100000000001',
  turnAroundMs: 4.4,
  requester: '100000000001:100000000002',
  requestId: 'NjA=',
  objectSize: 12,
  versionId: 'null',
  targetStorageClass: 'ARCHIVE',
  referer: 'http://a.example/',
  target: '/folder/a%20b?x=y',
};

it('writes the 31 fields in their order', () => {
  expect(formatRecord(RECORD)).toBe(
    '1.0 demo-1250000000 ap-beijing 2018-12-01T11:02:33Z demo-1250000000.cos.ap-beijing.myqcloud.com PutObject ' +
      '192.168.0.1 AKIDx - 12 -3 /folder/a%20b%2C%E4%B8%AD%22%0A.txt put "client/1.0 (a %22b%22)" 404 NoSuchKey ' +
      '"The specified key does not exist." 345 68 USER STANDARD 100000000001 4 100000000001:100000000002 NjA= 12 null ' +
      'ARCHIVE http://a.example/ "PUT /folder/a%20b?x=y HTTP/1.1" "0"\n',
  );
});

it('writes a dash for what there is none of', () => {
  const line = formatRecord({
    ...RECORD,
    operation: undefined,
    secretId: undefined,
    deltaBytes: undefined,
    key: undefined,
    userAgent: undefined,
    errorCode: undefined,
    errorMessage: '',
    storageClass: undefined,
    turnAroundMs: undefined,
    requester: undefined,
    objectSize: undefined,
    versionId: undefined,
    targetStorageClass: undefined,
    referer: undefined,
    target: '/',
  });
  expect(line).toBe(
    '1.0 demo-1250000000 ap-beijing 2018-12-01T11:02:33Z demo-1250000000.cos.ap-beijing.myqcloud.com - 192.168.0.1 - ' +
      '- 12 - / put - 404 - - 345 68 USER - 100000000001 - - NjA= - - - - "PUT / HTTP/1.1" "0"\n',
  );
});

it('keeps a line one line of ASCII, whatever clients send', () => {
  const nasty = `a" b\r\n\u0000\u2028é\ud800${'x'.repeat(10_000)}`;
  const line = formatRecord({ ...RECORD, key: nasty, userAgent: nasty, referer: nasty, target: nasty, host: nasty });
  expect(line).toMatch(/^[\x20-\x7e]+\n$/);
  expect(line.match(/"/g)).toHaveLength(12);
  expect(line.length).toBeLessThan(15_000);
});
