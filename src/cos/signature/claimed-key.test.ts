import { describe, expect, it } from 'vitest';
import { claimedSecretId } from './claimed-key.ts';

const claimed = (authorization: string | undefined, rawQuery = '') =>
  claimedSecretId({ header: (name) => (name === 'authorization' ? authorization : undefined), rawQuery });
const FIELDS = 'q-sign-algorithm=sha1&q-ak=AKIDa&q-sign-time=1;2';

describe('claimedSecretId', () => {
  it('reads the header, the fields of a presigned URL, and the merged parameter', () => {
    expect(claimed(FIELDS)).toBe('AKIDa');
    expect(claimed('q-ak=AKIDa')).toBe('AKIDa');
    expect(claimed(undefined, FIELDS.replaceAll(';', '%3B'))).toBe('AKIDa');
    expect(claimed(undefined, `sign=${encodeURIComponent(FIELDS)}`)).toBe('AKIDa');
  });

  it('lets the header win, as the check of the signature does', () => {
    expect(claimed(FIELDS, 'q-ak=AKIDb')).toBe('AKIDa');
    expect(claimed('Basic xyz', 'q-ak=AKIDb')).toBeUndefined();
  });

  it.each([undefined, '', 'q-ak=', `q-ak=${'x'.repeat(129)}`, 'xq-ak=AKIDa'])('finds nothing in %j', (text) => {
    expect(claimed(text)).toBeUndefined();
  });
});
