import { describe, expect, it } from 'vitest';
import type { ErrorCode } from './codes.ts';
import { CosError, type CosErrorDetails } from './cos-error.ts';
import { CURRENT, type ErrorProfile, resolveError } from './resolve.ts';
import { SEED_ROWS } from './seed-rows.ts';
import { ERROR_TABLE, findRow } from './table.ts';

function wire(code: ErrorCode, profile: ErrorProfile = 'seed', details: CosErrorDetails = {}): string {
  const resolved = resolveError(new CosError(code, details), profile);
  return `${resolved.code} ${resolved.status}`;
}

describe('resolveError', () => {
  it('sends every row of the seed page as it stands there, the misspelt one apart', () => {
    for (const { code, status } of SEED_ROWS) {
      const spelling = code === 'InternalErrror' ? 'InternalError' : code;
      expect(wire(code, 'seed', { status })).toBe(`${spelling} ${status}`);
    }
  });

  it.each([
    ['AppendPositionErr', 'AppendPositionErr 400', 'AppendPositionErr 409'],
    ['ObjectNotAppendable', 'ObjectNotAppendable 400', 'ObjectNotAppendable 409'],
    ['NoSuchVersion', 'NoSuchVersion 400', 'NoSuchVersion 404'],
    ['ExpiredToken', 'ExpiredToken 403', 'ExpiredToken 400'],
    ['MissingAppid', 'MissingAppid 400', 'InvalidRequest 400'],
    ['MissingContentMD5', 'MissingContentMD5 400', 'InvalidRequest 400'],
    ['LifeCycleIdNotUnique', 'LifeCycleIdNotUnique 400', 'InvalidArgument 400'],
    ['LifeCycleRuleConflicted', 'LifeCycleRuleConflicted 400', 'InvalidRequest 400'],
    ['RequestTimeOut', 'RequestTimeOut 400', 'RequestTimeout 400'],
  ] as const)('%s by profile', (code, seed, current) => {
    expect(wire(code, 'seed')).toBe(seed);
    expect(wire(code, 'current')).toBe(current);
    expect(resolveError(new CosError(code), 'current').message).toBe(findRow(code).message);
  });

  it('sends all others alike in both profiles, with the text of their row', () => {
    for (const { code, status, message } of ERROR_TABLE) {
      if (code in CURRENT || code === 'InternalErrror') continue;
      for (const profile of ['seed', 'current'] as const) {
        expect(resolveError(new CosError(code as ErrorCode, { status }), profile)).toEqual({ code, status, message });
      }
    }
  });

  it('spells InternalError as clients compare it, unless the seed is wanted to the letter', () => {
    for (const code of ['InternalError', 'InternalErrror'] as const) {
      for (const profile of ['seed', 'current'] as const) {
        const error = new CosError(code);
        expect(resolveError(error, profile)).toMatchObject({ code: 'InternalError', status: 500 });
        expect(resolveError(error, profile, { literalSeedCodes: true }).code).toBe('InternalErrror');
      }
    }
    expect(resolveError(new CosError('NoSuchKey'), 'seed', { literalSeedCodes: true }).code).toBe('NoSuchKey');
  });

  it('takes text and row from the error', () => {
    expect(resolveError(new CosError('AccessDenied', { message: 'Request has expired' }), 'seed')).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'Request has expired',
    });
    expect(resolveError(new CosError('TemporaryRedirect', { status: 307 }), 'seed').message).toContain('DNS');
    expect(wire('NoSuchKey', 'seed', { status: 418 })).toBe('NoSuchKey 404');
  });
});

describe('CosError', () => {
  it('carries its code, text and cause', () => {
    const cause = new Error('disk');
    const error = new CosError('InternalError', { cause });
    expect([error.name, error.code, error.message, error.cause]).toEqual([
      'CosError',
      'InternalError',
      'InternalError',
      cause,
    ]);
    expect(new CosError('NoSuchKey', { message: 'gone' }).message).toBe('gone');
    expect('cause' in new CosError('NoSuchKey')).toBe(false);
  });
});
