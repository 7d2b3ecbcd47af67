import { describe, expect, it } from 'vitest';
import { HostResolver } from '../../http/host.ts';
import { certificateNames, namesOfServer } from './certificate-names.ts';

const hosts = new HostResolver({ regions: ['ap-guangzhou'], bareHosts: ['cosette.lan'], baseDomains: ['example.com'] });
const s3Region = ['*.s3.dualstack.ap-guangzhou.example.com', 's3.dualstack.ap-guangzhou.example.com'];
const region = ['*.cos.ap-guangzhou.example.com', 'cos.ap-guangzhou.example.com'];

describe('certificateNames', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['b-1250000000.cos.ap-guangzhou.example.com', region],
    ['other.cos.ap-guangzhou.example.com', region],
    ['cos.ap-guangzhou.example.com', region],
    ['b-1250000000.cos-website.ap-guangzhou.example.com', ['b-1250000000.cos-website.ap-guangzhou.example.com']],
    ['b-1250000000.cos.accelerate.example.com', ['b-1250000000.cos.accelerate.example.com']],
    ['b.s3.example.com', ['*.s3.example.com', 's3.example.com']],
    ['s3.example.com', ['*.s3.example.com', 's3.example.com']],
    ['b.s3-ap-guangzhou.example.com', ['*.s3-ap-guangzhou.example.com', 's3-ap-guangzhou.example.com']],
    ['b.s3.dualstack.ap-guangzhou.example.com', s3Region],
    ['s3.dualstack.ap-guangzhou.example.com', s3Region],
    ['a.b.s3.example.com', ['a.b.s3.example.com']],
    ['sts.example.com', ['sts.example.com']],
    ['service.cos.example.com', ['service.cos.example.com']],
    ['sts.tencentcloudapi.com', ['sts.tencentcloudapi.com']],
    ['sts.ap-guangzhou.tencentcloudapi.com', ['sts.ap-guangzhou.tencentcloudapi.com']],
    ['sts.intl.tencentcloudapi.com', ['sts.intl.tencentcloudapi.com']],
    ['sts.internal.tencentcloudapi.com', ['sts.internal.tencentcloudapi.com']],
    ['cvm.tencentcloudapi.com', undefined],
    ['cosette.lan', ['cosette.lan']],
    ['b-1250000000.cos.no-region.example.com', ['b-1250000000.cos.no-region.example.com']],
    ['a.b-1250000000.cos.ap-guangzhou.example.com', ['a.b-1250000000.cos.ap-guangzhou.example.com']],
    ['example.org', undefined],
    ['b-1250000000.cos.ap-guangzhou.myqcloud.com', undefined],
    ['127.0.0.1', undefined],
    ['', undefined],
    ['*.cos.ap-guangzhou.example.com', undefined],
    [`${'a.'.repeat(130)}example.com`, undefined],
    ['a\0b.example.com', undefined],
    ['-a.example.com', undefined],
  ])('of %s are %j', (name, names) => {
    expect(certificateNames(name, hosts)).toEqual(names);
  });
});

describe('namesOfServer', () => {
  it('are its addresses, as far as a client can write them, and its plain names', () => {
    expect(namesOfServer(['cosette.lan'], ['0.0.0.0', '::', 'fe80::1%eth0', 'some-host'], '10.0.0.7')).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
      'cosette.lan',
      'fe80::1',
      '10.0.0.7',
    ]);
    expect(namesOfServer([], [], '127.0.0.1')).toEqual(['localhost', '127.0.0.1', '::1']);
  });
});
