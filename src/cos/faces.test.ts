import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { HostResolver } from '../http/host.ts';
import type { WireRequest } from '../http/types.ts';
import type { ErrorSettings } from './errors.ts';
import { COS_FACE, type Face } from './face.ts';
import { Faces } from './faces.ts';
import type { FormDialect } from './post/form-dialect.ts';

const form = {} as FormDialect;
const named = (name: string, more: Partial<Face> = {}): Face => ({
  ...COS_FACE,
  takes: ({ method }) => method.startsWith(name),
  ...more,
});
const first = named('P', { form });
const second = named('PU', { resolve: ({ code }) => ({ code: `Our${code}`, status: 418, message: '' }) });
const facesOf = (others: readonly Face[]) =>
  new Faces(others, {} as HostResolver, {} as ErrorSettings, () => undefined);
const faces = facesOf([first, second]);
const request = (method: string) => ({ method }) as WireRequest;

describe('the faces of a server', () => {
  it('are asked in order, and what none takes is of COS', () => {
    expect(faces.of(request('PUT'))).toBe(first);
    expect(faces.of(request('GET'))).toBe(COS_FACE);
    expect(facesOf([]).of(request('PUT'))).toBe(COS_FACE);
  });

  it('let a form speak for itself', () => {
    expect(faces.forms).toEqual([form]);
    expect(faces.spoken(COS_FACE, form)).toBe(first);
    expect(faces.spoken(second, undefined)).toBe(second);
    expect(faces.spoken(second, {} as FormDialect)).toBe(second);
  });

  it('have one way each to name an error, made once', () => {
    const resolve = faces.resolver(second);
    expect(faces.resolver(second)).toBe(resolve);
    expect(resolve(new CosError('NoSuchKey'))).toEqual({ code: 'OurNoSuchKey', status: 418, message: '' });
  });
});

describe('names of buckets without APPID', () => {
  const third = named('', { takes: (request, names) => names.isBareBucket(request) });
  const hosts = new HostResolver({ regions: ['ap-guangzhou'], bareBucketNames: true });
  const isAccount = (label: string) => label.endsWith('-1250000000');
  const errors = {} as ErrorSettings;
  const taken = new Faces([third], hosts, errors, () => ({ isBare: (label) => !isAccount(label) }));
  const notTaken = new Faces([third], hosts, errors, () => undefined);
  const sent = (host: string, rawPath: string) => ({ host, rawPath }) as WireRequest;

  it.each([
    ['localhost', '/mine/key', true],
    ['127.0.0.1:9000', '/mine', true],
    ['mine.cos.ap-guangzhou.myqcloud.com', '/key', true],
    ['localhost', '/mine-1/key', true],
    // An APPID, be it of an account or of none.
    ['localhost', '/mine-1250000000/key', false],
    ['localhost', '/mine-1259999999/key', false],
    ['mine-1250000000.cos.ap-guangzhou.myqcloud.com', '/key', false],
    ['localhost', '/', false],
    ['localhost', '/%zz/key', false],
    ['service.cos.myqcloud.com', '/', false],
    ['mine.cos-website.ap-guangzhou.myqcloud.com', '/', false],
    ['elsewhere.example.com', '/mine/key', false],
  ])('%s%s: %s', (host, path, expected) => {
    expect(taken.of(sent(host, path)) === third).toBe(expected);
    expect(notTaken.of(sent(host, path))).toBe(COS_FACE);
  });
});
