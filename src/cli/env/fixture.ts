/** A server as tests see it: nothing about it is a default. */
import type { ServerFacts } from './types.ts';

export const FACTS: ServerFacts = {
  host: '127.0.0.9',
  port: 9321,
  scheme: 'http',
  region: 'ap-nanjing',
  appid: '1298765432',
  bucket: 'photos-1298765432',
  domain: 'store.test',
  secretId: 'AKIDfixture',
  secretKey: 'fixtureSecretKey',
  tlsPort: 9654,
  caFile: '/data/tls/ca.crt',
};
