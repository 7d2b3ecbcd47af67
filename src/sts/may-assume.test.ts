import { expect, it } from 'vitest';
import { policyAllowsAssuming } from './may-assume.ts';

const allow = { effect: 'allow', action: 'name/sts:AssumeRole', resource: '*' };
const policy = (...statements: object[]) => JSON.stringify({ version: '2.0', statement: statements });
const aws = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const all = { Effect: 'Allow', Action: '*', Resource: '*' };

it.each([
  [true, policy(allow)],
  [true, policy({ ...allow, action: ['sts:AssumeRole'], resource: ['*'] })],
  [true, policy({ Effect: 'Allow', Action: '*', Resource: '*' })],
  [true, policy({ ...allow, action: 'sts:*' })],
  [true, JSON.stringify({ version: '2.0', statement: allow })],
  [true, policy(allow, { ...allow, effect: 'deny', action: 'name/cos:*' })],
  [false, policy({ ...allow, action: 'name/cos:*' })],
  [false, policy({ ...allow, action: 'sts:GetFederationToken' })],
  [false, policy({ ...allow, resource: 'qcs::cos:::demo-1250000000/*' })],
  [false, policy({ ...allow, condition: { ip_equal: { 'qcs:ip': '10.0.0.0/8' } } })],
  [false, policy(allow, { ...allow, effect: 'deny' })],
  [false, policy(allow, { effect: 'deny', action: '*', resource: 'qcs::cos:::demo-1250000000/*' })],
  [false, policy()],
  [true, aws({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' })],
  [false, aws({ Effect: 'Allow', Action: 's3:*', Resource: '*' })],
  [false, policy({ ...allow, action: 'name/sts:*Other' })],
  [true, policy(allow, { ...allow, effect: 'deny', action: 'sts:Assume' })],
  [false, aws({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' })],
  [false, aws({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::a' })],
  [false, aws(all, { Effect: 'Deny', Action: 'STS:assumerole', Resource: '*' })],
  [false, aws(all, { Effect: 'Deny', Action: 'sts:A?sumeRole', Resource: '*' })],
  [false, aws(all, { Effect: 'Deny', NotAction: 's3:*', Resource: '*' })],
])('%s: %s', (expected, text) => {
  expect(policyAllowsAssuming(text)).toBe(expected);
});
