import { describe, expect, it } from 'vitest';
import { SEED_ROWS } from './seed-rows.ts';
import { SERVICE_ROWS } from './service-rows.ts';
import { ERROR_TABLE, findRow } from './table.ts';

/** The rows of the seed page, code and status, in its order. */
const SEED = `
PermanentRedirect 301
TemporaryRedirect 302
Redirect 307
TemporaryRedirect 307
AppendPositionErr 400
AttachmentFull 400
BadDigest 400
EntityTooLarge 400
EntityTooSmall 400
IncorrectNumberOfFilesInPostRequest 400
InvalidArgument 400
InvalidBucketName 400
InvalidCopySource 400
InvalidDigest 400
InvalidPart 400
InvalidPartOrder 400
InvalidRegionName 400
InvalidRequest 400
InvalidSHA1Digest 400
InvalidURI 400
KeyTooLong 400
LifeCycleIdNotUnique 400
LifeCycleRuleConflicted 400
MalformedPOSTRequest 400
MalformedXML 400
MissingAppid 400
MissingContentMD5 400
MissingHost 400
MissingRequestBodyError 400
MultiBucketNotSupport 400
NoSuchVersion 400
NotSupportedStorageClass 400
ObjectNotAppendable 400
PolicyFull 400
RequestTimeOut 400
TooManyBuckets 400
UnexpectedContent 400
VerifyAlgorithmNotSupported 400
WebsiteURLInvalid 400
XMLSizeLimit 400
AccessDenied 403
ExpiredToken 403
InvalidAccessKeyId 403
InvalidObjectState 403
InvalidObjectStorage 403
RequestTimeTooSkewed 403
SignatureDoesNotMatch 403
NoSuchBucket 404
NoSuchCopySource 404
NoSuchCORSConfiguration 404
NoSuchKey 404
NoSuchLifecycleConfiguration 404
NoSuchTagSet 404
NoSuchUpload 404
NoSuchWebsiteConfiguration 404
MethodNotAllowed 405
RestoreNonArchiveObject 405
BucketAlreadyExists 409
BucketAlreadyOwnedByYou 409
BucketNotEmpty 409
InvalidBucketState 409
PathConflict 409
RestoreAlreadyInProgress 409
MissingContentLength 411
PreconditionFailed 412
InvalidRange 416
UnavailableForLegalReasons 451
InternalErrror 500
NotImplemented 501
ServiceUnavailable 503
SlowDown 503
`
  .trim()
  .split('\n');

describe('the error table', () => {
  it('has the rows of the seed page, one by one', () => {
    expect(SEED).toHaveLength(71);
    expect(SEED_ROWS.map(({ code, status }) => `${code} ${status}`)).toEqual(SEED);
  });

  it('has no code twice with one status', () => {
    const keys = ERROR_TABLE.map(({ code, status }) => `${code} ${status}`);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  it('has two codes with two statuses', () => {
    const codes = ERROR_TABLE.map(({ code }) => code);
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual(['TemporaryRedirect', 'InvalidObjectState']);
  });

  it('says something in every cell', () => {
    for (const { code, status, category, message, when } of ERROR_TABLE) {
      expect(code).toMatch(/^[A-Z]\w+$/);
      expect(status === 203 || (status >= 300 && status < 600)).toBe(true);
      expect(category).toMatch(/^[a-z0-9-]+$/);
      for (const text of [message, when]) expect(text).toMatch(/^\S[^\t\n]*\S$/);
    }
    expect(SERVICE_ROWS.length).toBeGreaterThan(140);
  });
});

describe('findRow', () => {
  it('takes the status where a code has several', () => {
    expect(findRow('TemporaryRedirect').status).toBe(302);
    expect(findRow('TemporaryRedirect', 307).message).toContain('DNS');
    expect(findRow('InvalidObjectState', 409).status).toBe(409);
  });

  it('keeps to the table for a status that no row has', () => {
    expect(findRow('InvalidObjectState', 418).status).toBe(403);
  });
});
