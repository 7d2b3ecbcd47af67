import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FACTS } from './fixture.ts';
import { address, double, ownBucketHost, shell, single, tencentBucketHost, xml } from './names.ts';

const AWKWARD = ['plain', `it's`, 'a"b', 'back\\slash', '$HOME `x`', '<a&b>', '!#;'];

describe('quoting', () => {
  it.each(AWKWARD)('%j comes through', (text) => {
    expect(runInNewContext(single(text))).toBe(text);
    expect(runInNewContext(double(text))).toBe(text);
    expect(execFileSync('sh', ['-c', `printf %s ${shell(text)}`], { encoding: 'utf8' })).toBe(text);
  });

  it('of XML leaves no mark-up', () => expect(xml('<a&b>')).toBe('&lt;a&amp;b&gt;'));

  it('of a plain word adds nothing', () => expect(shell('AKID09-_.x')).toBe('AKID09-_.x'));
});

describe('names', () => {
  it('have the port where the client must be told', () => {
    expect(address(FACTS)).toBe('127.0.0.9:9321');
    expect(address({ ...FACTS, host: '::1' })).toBe('[::1]:9321');
    expect(ownBucketHost(FACTS)).toBe('photos-1298765432.cos.ap-nanjing.store.test:9321');
    expect(tencentBucketHost(FACTS)).toBe('photos-1298765432.cos.ap-nanjing.myqcloud.com');
  });
});
