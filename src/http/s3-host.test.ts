import { describe, expect, it } from 'vitest';
import { HostResolver } from './host.ts';

const options = { regions: ['us-east-1', 'eu-west-1', 'sg'], baseDomains: ['amazonaws.com', 'localhost'] };
const full = new HostResolver(options);
const bare = new HostResolver({ ...options, bareBucketNames: true });
const b = 'demo-1250000000';
const bucket = { type: 'bucket', full: b, name: 'demo', appid: '1250000000', kind: 'rest', s3: true };
const service = { type: 'path-style', s3: true };
const east = { region: 'us-east-1' };

describe('hosts of S3', () => {
  it.each([
    ['s3.amazonaws.com', service],
    ['S3.AmazonAWS.com.:80', service],
    ['s3.localhost:9000', service],
    ['s3.us-east-1.amazonaws.com', { ...service, ...east }],
    ['s3-us-east-1.amazonaws.com', { ...service, ...east }],
    ['s3.dualstack.us-east-1.amazonaws.com', { ...service, ...east }],
    [`${b}.s3.amazonaws.com`, bucket],
    [`${b}.s3.us-east-1.amazonaws.com:443`, { ...bucket, ...east }],
    [`${b}.s3-eu-west-1.amazonaws.com`, { ...bucket, region: 'eu-west-1' }],
    [`${b}.s3.dualstack.eu-west-1.localhost`, { ...bucket, region: 'eu-west-1' }],
    [`${b}.s3.sg.localhost`, { ...bucket, region: 'sg' }],
  ])('%s', (host, target) => {
    for (let i = 0; i < 2; i++) {
      expect(full.resolve(host)).toEqual(target);
      expect(full.isS3(host)).toBe(true);
    }
  });

  it.each([
    ['photos.s3.amazonaws.com', 'photos', undefined],
    ['my.photos.s3.amazonaws.com', 'my.photos', undefined],
    ['my.photos.s3.us-east-1.amazonaws.com', 'my.photos', 'us-east-1'],
    ['my.photos.s3-us-east-1.amazonaws.com', 'my.photos', 'us-east-1'],
    ['my.photos.s3.dualstack.us-east-1.amazonaws.com', 'my.photos', 'us-east-1'],
    ['s3.s3.amazonaws.com', 's3', undefined],
    ['a.s3.s3.us-east-1.amazonaws.com', 'a.s3', 'us-east-1'],
    ['dualstack.s3.us-east-1.amazonaws.com', 'dualstack', 'us-east-1'],
    ['cos.s3.amazonaws.com', 'cos', undefined],
    ['pic.s3.amazonaws.com', 'pic', undefined],
    ['b.cos.us-east-1.s3.amazonaws.com', 'b.cos.us-east-1', undefined],
    ['backup-20240101.s3.amazonaws.com', 'backup-20240101', undefined],
    [`${b}.s3.amazonaws.com`, b, undefined],
  ])('%s is the bucket %s of %s', (host, label, region) => {
    const where = region === undefined ? {} : { region };
    expect(bare.resolve(host)).toEqual({ type: 'bare-bucket', label, kind: 'rest', s3: true, ...where });
  });

  it.each([
    ['s3.eu-north-1.amazonaws.com', 'InvalidRegionName'],
    ['s3-eu-north-1.amazonaws.com', 'InvalidRegionName'],
    [`${b}.s3.dualstack.eu-north-1.amazonaws.com`, 'InvalidRegionName'],
    [`${b}.s3-website-us-east-1.amazonaws.com`, 'InvalidRegionName'],
    ['photos.s3.amazonaws.com', 'MissingAppid'],
    ['.s3.amazonaws.com', 'MissingAppid'],
  ])('%s is %s', (host, code) => {
    expect(full.isS3(host)).toBe(true);
    expect(() => full.resolve(host)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    `${b}.cos.us-east-1.amazonaws.com`,
    'cos.us-east-1.localhost',
    'amazonaws.com',
    's3',
    's3.example.com',
    'ec2.amazonaws.com',
    'sts.amazonaws.com',
    '127.0.0.1',
    '',
  ])('%s is none', (host) => expect(full.isS3(host)).toBe(false));

  it('give way to names of the operator', () => {
    const own = new HostResolver({
      ...options,
      bareHosts: ['s3.localhost'],
      oneRegionDomains: [{ domain: 'one.test', region: 'eu-west-1' }],
      bareBucketNames: true,
    });
    expect(own.resolve('s3.localhost')).toEqual({ type: 'path-style' });
    expect(own.isS3('s3.localhost')).toBe(false);
    const child = { type: 'bare-bucket', label: 's3-us-east-1', kind: 'rest', region: 'eu-west-1' };
    expect(own.resolve('s3-us-east-1.one.test')).toEqual(child);
    expect(own.resolve('sts.one.test')).toMatchObject({ type: 'bare-bucket', label: 'sts' });
  });
});

describe('hosts of the token service of AWS', () => {
  it.each(['sts.amazonaws.com', 'sts.eu-west-1.amazonaws.com:443', 'STS.localhost'])('%s', (host) => {
    expect(full.resolve(host)).toEqual({ type: 'aws-sts' });
  });

  it('are those of its own region alone', () => {
    for (const host of ['sts.eu-north-1.amazonaws.com', 'a.sts.amazonaws.com']) {
      expect(() => full.resolve(host)).toThrow(expect.objectContaining({ code: 'InvalidRegionName' }));
    }
    expect(full.resolve('sts.tencentcloudapi.com')).toEqual({ type: 'sts' });
  });
});
