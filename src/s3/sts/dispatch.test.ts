import { expect, it } from 'vitest';
import { HostResolver } from '../../http/host.ts';
import { FORM, wireRequest } from '../../sts/fixture.ts';
import { isAwsStsRequest } from './dispatch.ts';
import { presignedCall, signedCall } from './fixture.ts';

const hosts = new HostResolver({ regions: ['ap-guangzhou'] });
const identity = { Action: 'GetCallerIdentity' };
const BUCKET = 'demo-1250000000.cos.ap-guangzhou.myqcloud.com';
const s3 = signedCall(identity, { service: 's3' });

it.each([
  ['a form', signedCall(identity)],
  ['an address', presignedCall(identity)],
  ['a form on a name of the service', signedCall(identity, { host: 'sts.tencentcloudapi.com' })],
  ['a form on localhost', signedCall(identity, { host: 'localhost:9000' })],
  ['a form on a name of AWS', signedCall(identity, { host: 'sts.localhost' })],
  ['anything else there', wireRequest({ host: 'sts.ap-guangzhou.localhost', headers: ['Content-Type', FORM] })],
  [
    'an unsigned query',
    wireRequest({ host: '127.0.0.1', method: 'GET', target: '/?Action=GetCallerIdentity&Version=2011-06-15' }),
  ],
])('%s is for it', (_, request) => expect(isAwsStsRequest(request, hosts)).toBe(true));

it.each([
  ['ListBuckets', wireRequest({ method: 'GET', host: '127.0.0.1', headers: s3.rawHeaders })],
  ['a form signed for S3', s3],
  ['an address of S3', presignedCall(identity, { service: 's3' })],
  [
    'an upload by form',
    wireRequest({ host: '127.0.0.1', headers: ['Content-Type', 'multipart/form-data; boundary=x'] }),
  ],
  ['a call in the form of COS', wireRequest({ host: '127.0.0.1', headers: ['Content-Type', FORM] })],
  ['what is sent to a bucket', signedCall(identity, { host: BUCKET })],
  ['what is sent to a region', signedCall(identity, { host: 'cos.ap-guangzhou.myqcloud.com' })],
  ['what is sent to S3', signedCall(identity, { host: 's3.localhost' })],
  ['another path', { ...signedCall(identity), rawPath: '/demo-1250000000' }],
  ['another method', { ...signedCall(identity), method: 'PUT' }],
  ['another host', signedCall(identity, { host: 'elsewhere.test' })],
])('%s is not', (_, request) => expect(isAwsStsRequest(request, hosts)).toBe(false));
