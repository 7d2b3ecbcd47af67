import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headersWithPrefix } from '../../http/headers.ts';
import { FormFields } from './fields.ts';

const make = (pairs: readonly (readonly [string, string | Buffer])[], filename = 'a.jpg') =>
  new FormFields(
    pairs.map(([name, value]) => ({ name, value: Buffer.isBuffer(value) ? value : Buffer.from(value) })),
    filename,
  );

describe('FormFields', () => {
  it('shows fields as headers', () => {
    const fields = make([
      ['Cache-Control', 'max-age=1'],
      ['Content-Type', ' image/png\r\n'],
      ['acl', 'private'],
      ['X-Cos-Meta-Name', '图 à'],
      ['x-cos-meta-empty', ''],
      ['comment', 'two\r\nlines'],
      ['success_action_status', '200'],
      ['policy', 'e30='],
      ['q-ak', 'AKID'],
    ]);
    expect(fields.header('cache-control')).toBe('max-age=1');
    expect(fields.header('content-type')).toBe('image/png');
    expect(fields.header('x-cos-acl')).toBe('private');
    expect(Buffer.from(fields.header('x-cos-meta-name')!, 'latin1').toString()).toBe('图 à');
    for (const name of ['x-cos-meta-empty', 'comment', 'success_action_status', 'policy', 'q-ak', 'acl', 'etag']) {
      expect(fields.header(name)).toBeUndefined();
    }
    expect(fields.rawHeaders.filter((_, i) => i % 2 === 0)).toEqual([
      'cache-control',
      'content-type',
      'x-cos-acl',
      'x-cos-meta-name',
    ]);
    const meta = make([['x-cos-meta-a', '图']]);
    expect(headersWithPrefix(meta.rawHeaders, 'x-cos-meta-')).toEqual([['a', Buffer.from('图').toString('latin1')]]);
  });

  it('shows fields as they were sent, the first of a name', () => {
    const fields = make([
      ['ACL', ' private'],
      ['acl', 'public-read'],
      ['x-cos-meta-a', Buffer.from([0xe9])],
    ]);
    expect(fields.get('acl')).toBe(' private');
    expect(fields.header('x-cos-acl')).toBe('private');
    expect(fields.get('x-cos-meta-a')).toBe('é');
    expect(fields.get('key')).toBeUndefined();
  });

  it('puts the name of the file into the key, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(make([['Key', 'a/$' + '{filename}-$' + '{filename}']], name).key).toBe(`a/${name}-${name}`);
      }),
    );
    expect(make([['key', '图']]).key).toBe('图');
    for (const fields of [make([]), make([['key', '']]), make([['key', '$' + '{filename}']], '')]) {
      expect(() => fields.key).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
    }
  });

  it('refuses what would break headers or deceive a policy', () => {
    for (const pairs of [
      [['x-cos-meta-a', 'a\r\nSet-Cookie: b']],
      [['Content-Disposition', 'a\0']],
      [['x-cos-meta-a b', 'c']],
      [['x-cos-meta-图', 'c']],
      [['expires', '\x7f']],
      [
        ['acl', 'private'],
        ['x-cos-acl', 'public-read'],
      ],
      [
        ['x-cos-acl', 'public-read'],
        ['acl', ''],
      ],
    ] as [string, string][][]) {
      expect(() => make(pairs)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
    }
    expect(
      make([
        ['acl', 'private'],
        ['x-cos-acl', 'private'],
      ]).header('x-cos-acl'),
    ).toBe('private');
  });
});
