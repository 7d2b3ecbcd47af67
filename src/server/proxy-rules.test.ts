import { expect, it } from 'vitest';
import { HostResolver } from '../http/host.ts';
import { proxyRules } from './proxy-rules.ts';

const warned: unknown[][] = [];
const bareHosts = ['cosette.lan', '192.168.1.5'];
const hosts = new HostResolver({ regions: ['ap-guangzhou'], bareHosts });
const rules = proxyRules(hosts, { bareHosts, host: ['10.0.0.7'] }, { warn: (...line) => void warned.push(line) });

it.each([
  ['b-1250000000.cos.ap-guangzhou.myqcloud.com:443', true],
  ['service.cos.myqcloud.com:80', true],
  ['cosette.lan:443', true],
  ['sts.tencentcloudapi.com:443', true],
  ['photos.s3.ap-guangzhou.localhost:443', true],
  ['s3.localhost:443', true],
  ['s3.amazonaws.com:443', false],
  ['sts.ap-guangzhou.tencentcloudapi.com:443', true],
  ['cvm.tencentcloudapi.com:443', false],
  ['localhost:443', true],
  ['127.0.0.1:443', true],
  ['127.8.8.8:443', true],
  ['[::1]:443', true],
  ['10.0.0.7:443', true],
  ['10.0.0.9:443', true],
  ['192.168.1.5:443', true],
  ['10.0.0.8:443', false],
  ['169.254.169.254:80', false],
  ['[2001:db8::1]:443', false],
  ['example.com:443', false],
])('a tunnel to %s is ours: %s', (authority, owned) => {
  expect(rules.ownsTunnel(authority, '::ffff:10.0.0.9')).toBe(owned);
});

it('takes the names of AWS where they are a base domain', () => {
  const aws = new HostResolver({ regions: ['us-east-1'], baseDomains: ['amazonaws.com'] });
  const own = proxyRules(aws, { bareHosts: [], host: [] }, { warn: () => undefined });
  for (const name of ['s3.amazonaws.com', 'a.b.s3.us-east-1.amazonaws.com', 'sts.us-east-1.amazonaws.com']) {
    expect(own.ownsTarget(name)).toBe(true);
    expect(own.ownsTunnel(`${name}:443`, '127.0.0.1')).toBe(true);
  }
});

it('judges targets by name, addresses being its own', () => {
  expect(rules.ownsTarget('10.0.0.8:9000')).toBe(true);
  expect(rules.ownsTarget('cos.ap-guangzhou.myqcloud.com')).toBe(true);
  expect(rules.ownsTarget('example.com')).toBe(false);
});

it('logs what was refused', () => {
  rules.onRefused('example.com:443', 'CONNECT', '10.0.0.1');
  expect(warned).toEqual([
    [expect.stringContaining('refused'), { name: 'example.com:443', method: 'CONNECT', remote: '10.0.0.1' }],
  ]);
});
