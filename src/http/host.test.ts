import { describe, expect, it } from 'vitest';
import { type BoundDomain, HostResolver, hostName } from './host.ts';

const REGIONS = ['ap-guangzhou', 'ap-beijing'];
const resolver = new HostResolver({ regions: REGIONS });
const thrown = (code: string) => expect.objectContaining({ code });
const b = 'demo-1250000000';
const bucket = { type: 'bucket', full: b, name: 'demo', appid: '1250000000' };

describe('HostResolver', () => {
  it.each([
    [`${b}.cos.ap-beijing.myqcloud.com:443`, true],
    ['no-appid.cos.ap-beijing.myqcloud.com', true],
    ['cos.ap-beijing.LOCALHOST', true],
    ['cos.no-region.tencentcos.cn', true],
    ['sts.tencentcloudapi.com', true],
    ['service.cos.myqcloud.com', true],
    ['127.0.0.1:9000', true],
    ['bound.example.com', true],
    ['example.com', false],
    ['myqcloud.com.example.com', false],
    ['evil-myqcloud.com', false],
    ['', false],
  ])('owns %s: %s', (host, owned) => {
    const customDomain = (name: string) => (name === 'bound.example.com' ? { bucket: b } : undefined);
    expect(new HostResolver({ regions: REGIONS, customDomain }).owns(host)).toBe(owned);
  });

  it.each([
    [`${b}.cos.ap-beijing.myqcloud.com`, { ...bucket, kind: 'rest', region: 'ap-beijing' }],
    [`${b}.cos.ap-beijing.tencentcos.cn:9000`, { ...bucket, kind: 'rest', region: 'ap-beijing' }],
    [`DEMO-1250000000.COS.AP-Beijing.LOCALHOST.`, { ...bucket, kind: 'rest', region: 'ap-beijing' }],
    [`${b}.cos.ap-beijing.localhost.:80`, { ...bucket, kind: 'rest', region: 'ap-beijing' }],
    [`${b}.cosv6.ap-beijing.localhost`, { ...bucket, kind: 'rest', region: 'ap-beijing' }],
    [`${b}.cos-cdc.ap-beijing.localhost`, { ...bucket, kind: 'rest', region: 'ap-beijing' }],
    [`${b}.cos-dualstack.ap-beijing.localhost`, { ...bucket, kind: 'rest', region: 'ap-beijing' }],
    [`${b}.cos-internal.ap-beijing.localhost`, { ...bucket, kind: 'internal', region: 'ap-beijing' }],
    [`${b}.cos.accelerate.myqcloud.com`, { ...bucket, kind: 'accelerate' }],
    [`${b}.cos-internal.accelerate.tencentcos.cn`, { ...bucket, kind: 'accelerate' }],
    [`${b}.cos-internal.accelerate.myqcloud.com`, { ...bucket, kind: 'accelerate' }],
    [`${b}.cosv6.accelerate.myqcloud.com`, { ...bucket, kind: 'accelerate' }],
    [`${b}.cos-website.ap-beijing.myqcloud.com`, { ...bucket, kind: 'website', region: 'ap-beijing' }],
    [`${b}.cos-website-internal.ap-beijing.tencentcos.cn`, { ...bucket, kind: 'website', region: 'ap-beijing' }],
    [`${b}.file.myqcloud.com`, { ...bucket, kind: 'cdn' }],
    [`${b}.cn-south.myqcloud.com`, { ...bucket, kind: 'rest' }],
    [`${b}.cn-south-2.myqcloud.com`, { ...bucket, kind: 'rest' }],
    [`${b}.cn-north.tencentcos.cn`, { ...bucket, kind: 'rest' }],
    [`${b}.cn-east.localhost`, { ...bucket, kind: 'rest' }],
    [`${b}.cn-southwest.localhost`, { ...bucket, kind: 'rest' }],
    [`${b}.sg.localhost`, { ...bucket, kind: 'rest' }],
    ['service.cos.myqcloud.com', { type: 'service' }],
    ['service.cos.tencentcos.cn:443', { type: 'service' }],
    ['service.localhost', { type: 'service' }],
    ['SERVICE.cos.localhost.', { type: 'service' }],
    ['service.myqcloud.com', { type: 'service' }],
    ['cos.ap-beijing.myqcloud.com', { type: 'path-style', region: 'ap-beijing' }],
    ['cos-internal.ap-beijing.tencentcos.cn', { type: 'path-style', region: 'ap-beijing' }],
    ['cos.accelerate.myqcloud.com', { type: 'path-style', accelerated: true }],
    ['localhost:9000', { type: 'path-style' }],
    ['myqcloud.com', { type: 'path-style' }],
    ['tencentcos.cn', { type: 'path-style' }],
    ['127.0.0.1:9000', { type: 'path-style' }],
    ['10.1.2.3', { type: 'path-style' }],
    ['[::1]:9000', { type: 'path-style' }],
    ['[fe80::1]', { type: 'path-style' }],
    ['sts.tencentcloudapi.com', { type: 'sts' }],
    ['STS.tencentcloudapi.com:443', { type: 'sts' }],
    ['sts.internal.tencentcloudapi.com', { type: 'sts' }],
    ['sts.ap-beijing.tencentcloudapi.com', { type: 'sts' }],
    [`${b}.ci.ap-beijing.myqcloud.com`, { type: 'not-offered', product: 'ci' }],
    ['1250000000.ci.nowhere.myqcloud.com', { type: 'not-offered', product: 'ci' }],
    ['ci.ap-beijing.myqcloud.com', { type: 'not-offered', product: 'ci' }],
    [`${b}.pic.ap-beijing.myqcloud.com`, { type: 'not-offered', product: 'pic' }],
    ['pic.ap-beijing.localhost', { type: 'not-offered', product: 'pic' }],
    [
      '100000000001.cos-control.ap-beijing.myqcloud.com',
      { type: 'cos-control', uin: '100000000001', region: 'ap-beijing' },
    ],
    ['ap-beijing.migration.localhost', { type: 'migration', region: 'ap-beijing' }],
  ])('%s', (host, target) => {
    expect(resolver.resolve(host)).toEqual(target);
    expect(resolver.resolve(host)).toEqual(target); // from the cache
  });

  it.each([
    ['', 'MissingHost'],
    [':9000', 'MissingHost'],
    [`${b}.cos.nowhere.myqcloud.com`, 'InvalidRegionName'],
    [`${b}.${b}.cos.ap-beijing.myqcloud.com`, 'InvalidRegionName'],
    [`${b}.cos-website.accelerate.myqcloud.com`, 'InvalidRegionName'],
    [`${b}.ap-beijing.myqcloud.com`, 'InvalidRegionName'],
    ['cos.nowhere.localhost', 'InvalidRegionName'],
    [`${b}.localhost`, 'InvalidRegionName'],
    ['.cos.ap-beijing.localhost', 'MissingAppid'],
    ['examplebucket.cos.ap-beijing.localhost', 'MissingAppid'],
    ['bad_name-1250000000.cos.ap-beijing.localhost', 'InvalidBucketName'],
    [`${'a'.repeat(51)}-1250000000.cos.ap-guangzhou.localhost`, 'InvalidBucketName'],
    ['files.example.com', 'NoSuchBucket'],
    ['evilmyqcloud.com', 'NoSuchBucket'],
    ['[::zz]', 'NoSuchBucket'],
    ['1.2.3.4.5', 'NoSuchBucket'],
    ['x'.repeat(5_000), 'NoSuchBucket'],
  ])('%s is %s', (host, code) => {
    expect(() => resolver.resolve(host)).toThrow(thrown(code));
    expect(() => resolver.resolve(host)).toThrow(thrown(code));
  });

  it('never throws one error object twice', () => {
    const errors = [0, 1].map(() => {
      try {
        return resolver.resolve('files.example.com');
      } catch (error) {
        return error;
      }
    });
    expect(errors[0]).not.toBe(errors[1]);
  });

  it('knows configured names, the longest domain first', () => {
    const own = new HostResolver({
      regions: REGIONS,
      baseDomains: ['example.com', 'cos.example.com'],
      bareHosts: ['Store'],
      stsHosts: ['sts.example.com'],
      oneRegionDomains: [{ domain: 'oss.example.com', region: 'ap-beijing' }],
    });
    expect(own.resolve('store:9000')).toEqual({ type: 'path-style' });
    expect(own.resolve(`${b}.cos.ap-beijing.cos.example.com`)).toEqual({
      ...bucket,
      kind: 'rest',
      region: 'ap-beijing',
    });
    expect(own.resolve(`${b}.oss.example.com`)).toEqual({ ...bucket, kind: 'rest', region: 'ap-beijing' });
    expect(own.resolve('oss.example.com')).toEqual({ type: 'path-style' });
    expect(own.resolve('sts.example.com')).toEqual({ type: 'sts' });
    expect(() => own.resolve('localhost')).toThrow(thrown('NoSuchBucket'));
  });

  it('leaves the APPID open where bare names are taken', () => {
    const own = new HostResolver({
      regions: REGIONS,
      bareBucketNames: true,
      oneRegionDomains: [{ domain: 'oss.example.com' }],
    });
    const bare = (label: string) => ({ type: 'bare-bucket', label, kind: 'rest' });
    expect(own.resolve('Demo.cos.ap-beijing.localhost')).toEqual({ ...bare('demo'), region: 'ap-beijing' });
    expect(own.resolve('demo-1.sg.localhost')).toEqual(bare('demo-1'));
    expect(own.resolve('demo.oss.example.com')).toEqual(bare('demo'));
    expect(own.resolve('demo.cos.accelerate.localhost')).toEqual({ ...bare('demo'), kind: 'accelerate' });
    expect(own.resolve(`${b}.cos.ap-beijing.localhost`)).toEqual({ ...bucket, kind: 'rest', region: 'ap-beijing' });
    expect(own.resolve('service.cos.localhost')).toEqual({ type: 'service' });
    expect(() => own.resolve('.cos.ap-beijing.localhost')).toThrow(thrown('MissingAppid'));
    expect(() => own.resolve('demo.cos.nowhere.localhost')).toThrow(thrown('InvalidRegionName'));
    expect(() => own.resolve('demo.localhost')).toThrow(thrown('InvalidRegionName'));
  });

  it('lets a bound domain win over every pattern, and asks for it anew each time', () => {
    const bound = new Map<string, BoundDomain>([[`${b}.cos.ap-beijing.localhost`, { bucket: 'other-1250000000' }]]);
    const own = new HostResolver({ regions: REGIONS, customDomain: (host) => bound.get(host) });
    const target = { type: 'bucket', full: 'other-1250000000', name: 'other', appid: '1250000000', custom: true };
    expect(own.resolve(`${b}.COS.ap-beijing.localhost:9000`)).toEqual({ ...target, kind: 'rest' });
    expect(() => own.resolve('www.example.com')).toThrow(thrown('NoSuchBucket'));
    bound.set('www.example.com', { bucket: 'other-1250000000', website: true });
    expect(own.resolve('www.example.com:80')).toEqual({ ...target, kind: 'website' });
    bound.clear();
    expect(own.resolve(`${b}.cos.ap-beijing.localhost`)).toEqual({ ...bucket, kind: 'rest', region: 'ap-beijing' });
  });

  it('stays right when more hosts come than the cache holds', () => {
    for (let i = 0; i < 10_000; i++) {
      const target = resolver.resolve(`n${i}-1.cos.ap-beijing.localhost`);
      if (target.type !== 'bucket' || target.full !== `n${i}-1`) throw new Error(`wrong target for n${i}-1`);
    }
    expect(resolver.resolve('n0-1.cos.ap-beijing.localhost')).toMatchObject({ full: 'n0-1' });
  });
});

describe('hostName', () => {
  it.each([
    ['A.b:80', 'a.b'],
    ['a.b.', 'a.b'],
    ['a.b.:', 'a.b'],
    ['[::1]', '[::1]'],
    ['a:b', 'a:b'],
    ['.', '.'],
  ])('%s', (host, name) => expect(hostName(host)).toBe(name));
});
