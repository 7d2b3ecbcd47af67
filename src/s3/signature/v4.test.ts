/** Requests with Signature Version 4, right and wrong. */
import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import {
  accessKey,
  addressFor,
  check,
  type Headers,
  PUBLISHED,
  PUBLISHED_MS,
  presignV4,
  ringOf,
  type Sent,
  signV4,
  verdict,
  wireOf,
} from './fixture.ts';

const signed = (sent: Sent, change: (text: string) => string = (text) => text): ReturnType<typeof wireOf> => {
  const { headers = [], ...rest } = signV4(sent);
  const changed = headers.map(([name, value]) => [name, name === 'Authorization' ? change(value) : value] as const);
  return wireOf({ ...rest, headers: changed });
};

function failure(run: () => unknown): CosError {
  try {
    run();
  } catch (error) {
    if (error instanceof CosError) return error;
  }
  throw new Error('nothing was refused');
}

describe('in the header', () => {
  it.each([
    ['a key with blanks, signs and other letters', { target: "/a%20b/%E4%BD%A0!'()*~%2B" }],
    ['a path that could be normalised', { target: '/a//b/../c/./' }],
    ['parameters out of order, escaped, without values', { target: '/?prefix=a%2Fb&delimiter=%2F&acl&marker=' }],
    ['a name that repeats', { target: '/?b=2&a=2&a=1' }],
    ['blanks inside of a value', { target: '/a', headers: [['x-amz-meta-a', '  a   b  ']] as Headers }],
    ['other letters in a value', { target: '/a', headers: [['x-amz-meta-a', 'caf\u00c3\u00a9']] as Headers }],
    ['a method with a body', { method: 'PUT', target: '/a?partNumber=1&uploadId=x' }],
  ])('takes %s', (_, sent) => {
    expect(verdict(wireOf(signV4(sent)))).toBe(PUBLISHED.secretId);
  });

  it('takes a plus in the query for a blank, as the decoders do', () => {
    const { headers = [] } = signV4({ target: '/?prefix=a%20b' });
    expect(verdict(wireOf({ target: '/?prefix=a+b', headers }))).toBe(PUBLISHED.secretId);
    const { headers: plus = [] } = signV4({ target: '/?prefix=a%2Bb' });
    expect(verdict(wireOf({ target: '/?prefix=a+b', headers: plus }))).toBe('SignatureDoesNotMatch');
  });

  it('takes any region', () => {
    for (const region of ['', 'auto', 'ap-guangzhou']) {
      expect(verdict(wireOf(signV4({ target: '/a' }, { ...PUBLISHED, region })))).toBe(PUBLISHED.secretId);
    }
  });

  it('takes the time of Date', () => {
    const headers: Headers = [['Date', 'Fri, 24 May 2013 00:00:00 GMT']];
    const { headers: all = [] } = signV4({ target: '/a', headers });
    // The signature covers both; what is left out must not be missed by the text that is signed.
    const without = all.filter(([name]) => name !== 'x-amz-date');
    expect(verdict(wireOf({ target: '/a', headers: without }))).toBe('SignatureDoesNotMatch');
    expect(verdict(wireOf({ target: '/a', headers: all }))).toBe(PUBLISHED.secretId);
  });

  it('refuses what was changed after the signature', () => {
    const sent = { method: 'PUT', target: '/a?tagging', headers: [['x-amz-acl', 'private']] as Headers };
    const { headers = [] } = signV4(sent);
    const put = { ...sent, headers };
    expect(verdict(wireOf(put))).toBe(PUBLISHED.secretId);
    const wrong: Sent[] = [
      { ...put, method: 'POST' },
      { ...put, target: '/b?tagging' },
      { ...put, target: '/a?acl' },
      { ...put, target: '/a' },
      { ...put, host: 'other.s3.amazonaws.com' },
      { ...put, headers: headers.map(([name, value]) => [name, value === 'private' ? 'public-read' : value]) },
      { ...put, headers: [...headers, ['x-amz-acl', 'public-read']] },
    ];
    for (const other of wrong) expect(verdict(wireOf(other))).toBe('SignatureDoesNotMatch');
  });

  it('wants all headers of S3 and COS to be signed', () => {
    const { headers = [] } = signV4({ target: '/a' });
    for (const name of ['x-amz-copy-source', 'X-Amz-ACL', 'x-cos-copy-source']) {
      const error = failure(() => check(wireOf({ target: '/a', headers: [...headers, [name, 'x']] })));
      expect(error.code).toBe('AccessDenied');
      expect(error.details.elements).toEqual([['HeadersNotSigned', name.toLowerCase()]]);
    }
    expect(verdict(wireOf({ target: '/a', headers: [...headers, ['amz-sdk-invocation-id', 'x']] }))).not.toBe(
      'AccessDenied',
    );
  });

  it.each([
    ['no component', (text: string) => text.replace(/Credential.*/, ''), 'AuthorizationHeaderMalformed'],
    ['no signature', (text: string) => text.replace(/, Signature=.*/, ''), 'AuthorizationHeaderMalformed'],
    ['a component twice', (text: string) => `${text}, Signature=1`, 'AuthorizationHeaderMalformed'],
    ['an unknown component', (text: string) => `${text}, More=1`, 'AuthorizationHeaderMalformed'],
    ['a short scope', (text: string) => text.replace('/us-east-1', ''), 'AuthorizationHeaderMalformed'],
    [
      'a date of another form',
      (text: string) => text.replace('20130524', '2013-05-24'),
      'AuthorizationHeaderMalformed',
    ],
    ['another date', (text: string) => text.replace('20130524', '20130525'), 'AuthorizationHeaderMalformed'],
    ['another service', (text: string) => text.replace('/s3/', '/ec2/'), 'AuthorizationHeaderMalformed'],
    ['another end', (text: string) => text.replace('aws4_request', 'aws5'), 'AuthorizationHeaderMalformed'],
    ['no host', (text: string) => text.replace('host;', ''), 'AuthorizationHeaderMalformed'],
    ['no names', (text: string) => text.replace('host;', 'ho st;'), 'AuthorizationHeaderMalformed'],
    ['another key', (text: string) => text.replace('AKIA', 'AKIB'), 'InvalidAccessKeyId'],
    ['another region', (text: string) => text.replace('us-east-1', 'us-east-2'), 'SignatureDoesNotMatch'],
    [
      'another signature',
      (text: string) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      'SignatureDoesNotMatch',
    ],
    [
      'capitals',
      (text: string) => text.replace(/Signature=(.*)$/, (all) => all.toUpperCase().replace('SIGNATURE', 'Signature')),
      'SignatureDoesNotMatch',
    ],
    ['another algorithm', (text: string) => text.replace('HMAC', 'ECDSA'), 'InvalidRequest'],
    ['another scheme', () => 'AWSX abc', 'InvalidArgument'],
  ])('answers %s', (_, change, code) => {
    const wire = signed({ target: '/a' }, change);
    expect(verdict(wire)).toBe(code);
    // The same once fields of the right request are known.
    expect(verdict(signed({ target: '/a' }))).toBe(PUBLISHED.secretId);
    expect(verdict(wire)).toBe(code);
  });

  it('says what was signed, and not with what', () => {
    const { details } = failure(() => check(signed({ target: '/a' }, (text) => `${text.slice(0, -1)}_`)));
    const elements = new Map(details.elements);
    expect([...elements.keys()]).toEqual(['AWSAccessKeyId', 'StringToSign', 'SignatureProvided', 'CanonicalRequest']);
    expect(elements.get('CanonicalRequest')).toMatch(/^GET\n\/a\n\nhost:examplebucket/);
    expect(elements.get('StringToSign')).toMatch(/^AWS4-HMAC-SHA256\n20130524T000000Z\n20130524\/us-east-1/);
    expect(JSON.stringify(details)).not.toContain(PUBLISHED.secretKey);
  });

  it('keeps time', () => {
    const wire = signed({ target: '/a' });
    for (const ms of [-900_000, 900_000]) expect(verdict(wire, { nowMs: PUBLISHED_MS + ms })).toBe(PUBLISHED.secretId);
    for (const ms of [-900_001, 900_001])
      expect(verdict(wire, { nowMs: PUBLISHED_MS + ms })).toBe('RequestTimeTooSkewed');
    const { headers = [] } = signV4({ target: '/a' });
    for (const value of ['', 'Bad Date', '20131324T000000Z', '-']) {
      const bad = headers.map((pair) => (pair[0] === 'x-amz-date' ? (['x-amz-date', value] as const) : pair));
      expect(verdict(wireOf({ target: '/a', headers: bad }))).toBe('AccessDenied');
    }
  });

  it('wants to know of the body', () => {
    const { headers = [] } = signV4({ target: '/a' });
    const without = headers.filter(([name]) => name !== 'x-amz-content-sha256');
    expect(verdict(wireOf({ target: '/a', headers: without }))).toBe('InvalidRequest');
    expect(verdict(wireOf(signV4({ target: '/a' }, PUBLISHED, 'invalid')))).toBe('InvalidArgument');
    const of = (value: string) => check(wireOf(signV4({ target: '/a' }, PUBLISHED, value))).payload;
    expect(of('UNSIGNED-PAYLOAD')).toEqual({ kind: 'unsigned' });
    expect(of('A'.repeat(64))).toEqual({ kind: 'sha256', hex: 'a'.repeat(64) });
    expect(of('STREAMING-UNSIGNED-PAYLOAD-TRAILER')).toEqual({ kind: 'chunked', trailer: true, chain: undefined });
    expect(of('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')).toMatchObject({ kind: 'chunked', trailer: false });
    expect(of('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER')).toMatchObject({ kind: 'chunked', trailer: true });
  });
});

describe('keys', () => {
  const session = { name: '', policy: undefined, expiresMs: PUBLISHED_MS + 1_000 };
  const { identity } = accessKey(PUBLISHED);
  const ring = ringOf([accessKey(PUBLISHED, { identity: { ...identity, session } })], {
    [PUBLISHED.secretId]: 'token',
  });
  const withToken = (token: string) => wireOf(signV4({ target: '/a', headers: [['x-amz-security-token', token]] }));

  it('takes a temporary key with its token alone', () => {
    expect(verdict(withToken('token'), { ring })).toBe(PUBLISHED.secretId);
    expect(verdict(withToken('other'), { ring })).toBe('InvalidToken');
    expect(verdict(withToken(''), { ring })).toBe('InvalidAccessKeyId');
    expect(verdict(wireOf(signV4({ target: '/a' })), { ring })).toBe('InvalidAccessKeyId');
    expect(verdict(withToken('token'), { ring, nowMs: PUBLISHED_MS + 1_000 })).toBe('ExpiredToken');
    expect(verdict(wireOf(presignV4({ target: '/a?X-Amz-Security-Token=token' })), { ring })).toBe(PUBLISHED.secretId);
    expect(verdict(wireOf(presignV4({ target: '/a?X-Amz-Security-Token=x' })), { ring })).toBe('InvalidToken');
  });

  it('takes no token beside a permanent key, and no disabled key', () => {
    expect(verdict(withToken('token'))).toBe('InvalidToken');
    const disabled = ringOf([accessKey(PUBLISHED, { enabled: false })]);
    expect(verdict(wireOf(signV4({ target: '/a' })), { ring: disabled })).toBe('InvalidAccessKeyId');
  });

  it('forgets what it derived of a key that changed', () => {
    expect(verdict(wireOf(signV4({ target: '/a' })))).toBe(PUBLISHED.secretId);
    const changed = { ...PUBLISHED, secretKey: 'another' };
    const other = ringOf([accessKey(changed)]);
    expect(verdict(wireOf(signV4({ target: '/a' })), { ring: other })).toBe('SignatureDoesNotMatch');
    expect(verdict(wireOf(signV4({ target: '/a' }, changed)), { ring: other })).toBe(PUBLISHED.secretId);
  });
});

describe('in the query', () => {
  it.each([
    ['a week', 604_800, PUBLISHED.secretId],
    ['more', 604_801, 'AuthorizationQueryParametersError'],
    ['a second', 1, PUBLISHED.secretId],
    ['nothing', 0, 'AccessDenied'],
    ['less', -1, 'AccessDenied'],
    ['no number', 'x', 'AuthorizationQueryParametersError'],
  ])('is good for %s', (_, seconds, expected) => {
    expect(verdict(wireOf(presignV4({ target: '/a' }, seconds)))).toBe(expected);
  });

  it('is good from its time on, until it ends', () => {
    const wire = wireOf(presignV4({ target: '/a' }, 60));
    expect(verdict(wire, { nowMs: PUBLISHED_MS - 900_000 })).toBe(PUBLISHED.secretId);
    expect(failure(() => check(wire, { nowMs: PUBLISHED_MS - 900_001 })).message).toBe('Request is not valid yet');
    expect(verdict(wire, { nowMs: PUBLISHED_MS + 60_000 })).toBe(PUBLISHED.secretId);
    const { code, message, details } = failure(() => check(wire, { nowMs: PUBLISHED_MS + 60_001 }));
    expect([code, message]).toEqual(['AccessDenied', 'Request has expired']);
    expect(new Map(details.elements).get('X-Amz-Expires')).toBe('60');
  });

  it.each([
    ['a parameter that is missing', (target: string) => target.replace('&X-Amz-Date', '&y-Amz-Date')],
    ['a signature that is missing', (target: string) => target.replace(/&X-Amz-Signature=.*/, '')],
    ['a parameter twice', (target: string) => `${target}&x-amz-expires=900`],
    ['another algorithm', (target: string) => target.replace('HMAC', 'ECDSA')],
    ['another service', (target: string) => target.replace('%2Fs3%2F', '%2Fec2%2F')],
    ['another date', (target: string) => target.replace('Date=20130524', 'Date=20130525')],
    ['a time of another form', (target: string) => target.replace('T000000Z', 'T0000Z')],
  ])('refuses %s', (_, change) => {
    const sent = presignV4({ target: '/a' });
    expect(verdict(wireOf({ ...sent, target: change(sent.target) }))).toBe('AuthorizationQueryParametersError');
  });

  it('holds its bearer to what was signed', () => {
    const sent = presignV4({ method: 'PUT', target: '/a?x-id=PutObject' });
    expect(verdict(wireOf(sent))).toBe(PUBLISHED.secretId);
    expect(verdict(wireOf({ ...sent, target: `${sent.target}&acl` }))).toBe('SignatureDoesNotMatch');
    expect(verdict(wireOf({ ...sent, target: sent.target.replace('Expires=900', 'Expires=901') }))).toBe(
      'SignatureDoesNotMatch',
    );
    for (const name of ['x-amz-copy-source', 'x-cos-acl']) {
      expect(verdict(wireOf({ ...sent, headers: [[name, 'x']] }))).toBe('AccessDenied');
    }
    const withHeader = presignV4({ method: 'PUT', target: '/a', headers: [['x-amz-acl', 'public-read']] });
    expect(verdict(wireOf(withHeader))).toBe(PUBLISHED.secretId);
    expect(verdict(wireOf({ ...withHeader, headers: [] }))).toBe('SignatureDoesNotMatch');
  });

  it('knows of the body what stands in it, else what is sent', () => {
    const hex = 'ab'.repeat(32);
    const named = presignV4({ target: `/a?X-Amz-Content-Sha256=${hex}` }, 900, PUBLISHED, hex);
    expect(check(wireOf(named)).payload).toEqual({ kind: 'sha256', hex });
    const free = presignV4({ method: 'PUT', target: '/a' });
    expect(check(wireOf(free)).payload).toEqual({ kind: 'unsigned' });
    const chunked: Headers = [['x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER']];
    expect(check(wireOf({ ...free, headers: chunked })).payload).toMatchObject({ kind: 'chunked', trailer: true });
  });
});

describe('who signed nothing', () => {
  it('is anonymous, and may say what the body is', () => {
    expect(verdict(wireOf({ target: '/a?x-id=GetObject' }))).toBe('anonymous');
    const chunked: Headers = [['x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER']];
    expect(check(wireOf({ target: '/a', headers: chunked })).payload.kind).toBe('chunked');
    const signedChunks: Headers = [['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']];
    expect(verdict(wireOf({ target: '/a', headers: signedChunks }))).toBe('InvalidRequest');
  });

  it('may not send an empty signature, or two', () => {
    expect(verdict(wireOf({ target: '/a', headers: [['Authorization', '']] }))).toBe('AccessDenied');
    const { headers = [] } = signV4({ target: '/a' });
    expect(verdict(wireOf({ ...presignV4({ target: '/a' }), headers }))).toBe('InvalidArgument');
    expect(verdict(wireOf({ target: '/a?AWSAccessKeyId=x', headers }))).toBe('InvalidArgument');
  });

  it('is told in path style too', () => {
    const wire = wireOf(signV4({ target: '/examplebucket/a%20b', host: '127.0.0.1:9000' }));
    expect(verdict(wire, { address: addressFor(wire, 'examplebucket', 'path') })).toBe(PUBLISHED.secretId);
  });
});
