import { describe, expect, it } from 'vitest';
import { HostResolver } from '../http/host.ts';
import { isStsRequest } from './dispatch.ts';
import { FORM, wireRequest } from './fixture.ts';

const hosts = new HostResolver({ regions: ['ap-guangzhou'] });
const TC3 = ['Authorization', 'TC3-HMAC-SHA256 Credential=…'];
const form = ['Content-Type', `${FORM}; charset=utf-8`];
const BUCKET = 'demo-1250000000.cos.ap-guangzhou.myqcloud.com';

describe('what is for the service', () => {
  it.each([
    'sts.tencentcloudapi.com',
    'sts.tencentcloudapi.com:9443',
    'sts.ap-guangzhou.tencentcloudapi.com',
    'sts.intl.tencentcloudapi.com',
    'sts.internal.tencentcloudapi.com',
    'STS.tencentcloudapi.com.',
  ])('all on %s', (host) => {
    expect(isStsRequest(wireRequest({ host, method: 'PUT', target: '/any' }), hosts)).toBe(true);
    expect(isStsRequest(wireRequest({ host }), hosts)).toBe(true);
  });

  it.each([
    ['a form', wireRequest({ host: '127.0.0.1:9000', headers: form })],
    ['TC3', wireRequest({ host: 'localhost:9000', headers: TC3 })],
    ['TC3 in a GET', wireRequest({ host: 'localhost', method: 'GET', target: '/?Name=a', headers: TC3 })],
    ['a query', wireRequest({ host: '127.0.0.1', method: 'GET', target: '/?SecretId=a&Action=AssumeRole' })],
  ])('on bare hosts %s', (_, request) => {
    expect(isStsRequest(request, hosts)).toBe(true);
  });

  it.each([
    ['GET Service', wireRequest({ host: '127.0.0.1', method: 'GET' })],
    ['a list', wireRequest({ host: '127.0.0.1', method: 'GET', target: '/?prefix=Action=&max-keys=1' })],
    [
      'a signed query',
      wireRequest({
        host: '127.0.0.1',
        method: 'GET',
        target: '/?Action=a&SecretId=b',
        headers: ['Authorization', 'q-sign-algorithm=sha1'],
      }),
    ],
    ['another POST', wireRequest({ host: '127.0.0.1', headers: ['Content-Type', 'application/xml'] })],
    [
      'a form with another signature',
      wireRequest({ host: '127.0.0.1', headers: [...form, 'Authorization', 'AWS4-HMAC-SHA256 …'] }),
    ],
    ['a form to a bucket', wireRequest({ host: BUCKET, headers: form })],
    ['a form to a bucket in the path', wireRequest({ host: '127.0.0.1', target: '/demo-1250000000/', headers: form })],
    ['a form to a region', wireRequest({ host: 'cos.ap-guangzhou.myqcloud.com', headers: form })],
    ['a PUT', wireRequest({ host: '127.0.0.1', method: 'PUT', headers: form })],
    ['a foreign host', wireRequest({ host: 'sts.example.com', headers: form })],
    ['no host', wireRequest({ host: '', headers: form })],
  ])('not %s', (_, request) => {
    expect(isStsRequest(request, hosts)).toBe(false);
  });
});
