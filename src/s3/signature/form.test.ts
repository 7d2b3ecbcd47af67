/** Forms of S3 with signed policies. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import {
  accessKey,
  PUBLISHED,
  PUBLISHED_MS,
  PUBLISHED_STAMP,
  RING,
  ringOf,
  scopeOf,
  v2Signature,
  v4Key,
} from './fixture.ts';
import { verifyS3Form } from './form.ts';

const POLICY = Buffer.from('{"expiration":"2013-05-25T00:00:00Z","conditions":[]}').toString('base64');

function verdictOf(fields: Readonly<Record<string, string>>, policy = POLICY, ring = RING): string {
  try {
    const identity = verifyS3Form({ get: (name) => fields[name] }, policy, ring, PUBLISHED_MS);
    return identity.kind === 'anonymous' ? 'anonymous' : identity.secretId;
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
}

const V2 = { awsaccesskeyid: PUBLISHED.secretId, signature: v2Signature(PUBLISHED.secretKey, POLICY) };
const V4 = {
  'x-amz-algorithm': 'AWS4-HMAC-SHA256',
  'x-amz-credential': `${PUBLISHED.secretId}/${scopeOf(PUBLISHED)}`,
  'x-amz-date': PUBLISHED_STAMP,
  'x-amz-signature': createHmac('sha256', v4Key(PUBLISHED)).update(POLICY).digest('hex'),
};

describe.each([
  ['Version 2', V2],
  ['Version 4', V4],
] as const)('%s', (_, fields) => {
  it('covers the policy', () => {
    expect(verdictOf(fields)).toBe(PUBLISHED.secretId);
    expect(verdictOf(fields, `${POLICY}=`)).toBe('SignatureDoesNotMatch');
  });

  it.each(Object.keys(fields))('needs %s', (name) => {
    expect(verdictOf({ ...fields, [name]: '' })).toBe('InvalidArgument');
  });

  it('needs a key', () => {
    expect(verdictOf(fields, POLICY, ringOf([]))).toBe('InvalidAccessKeyId');
    expect(verdictOf(fields, POLICY, ringOf([accessKey(PUBLISHED, { enabled: false })]))).toBe('InvalidAccessKeyId');
    expect(verdictOf({ ...fields, 'x-amz-security-token': 'x' })).toBe('InvalidToken');
  });
});

it.each([
  ['another algorithm', { 'x-amz-algorithm': 'AWS4-HMAC-SHA1' }, 'InvalidArgument'],
  ['half a scope', { 'x-amz-credential': `${PUBLISHED.secretId}/20130524` }, 'InvalidArgument'],
  ['another day', { 'x-amz-date': '20130525T000000Z' }, 'InvalidArgument'],
  [
    'another region',
    { 'x-amz-credential': `${PUBLISHED.secretId}/20130524/x/s3/aws4_request` },
    'SignatureDoesNotMatch',
  ],
  ['a signature of another form', { 'x-amz-signature': '0' }, 'SignatureDoesNotMatch'],
])('Version 4 refuses %s', (_, change, code) => {
  expect(verdictOf({ ...V4, ...change })).toBe(code);
});
