import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import type { HostResolver } from '../http/host.ts';
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
const faces = new Faces([first, second], {} as HostResolver, {} as ErrorSettings);
const request = (method: string) => ({ method }) as WireRequest;

describe('the faces of a server', () => {
  it('are asked in order, and what none takes is of COS', () => {
    expect(faces.of(request('PUT'))).toBe(first);
    expect(faces.of(request('GET'))).toBe(COS_FACE);
    expect(new Faces([], {} as HostResolver, {} as ErrorSettings).of(request('PUT'))).toBe(COS_FACE);
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
