import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../../http/types.ts';
import type { BareNames } from '../bare-names.ts';
import { decodeCopySource } from './copy-source.ts';

const parsed = (bucket: string, key: string, versionId?: string) => ({ bucket, key, versionId });

const BARE: BareNames = {
  isBare: (label) => !/-12\d{8}$/.test(label),
  appidOf: () => '1250000000',
  settle: async (bucket) => bucket,
  labelOf: (full) => full,
};

async function decoded(header: string, bareNames?: BareNames) {
  const wire = {
    rawHeaders: [],
    header: (name: string) => (name === 'x-cos-copy-source' ? header || undefined : undefined),
  } as unknown as WireRequest;
  const { bucket, key, versionId } = await decodeCopySource({ wire, bareNames });
  return { bucket, key, versionId };
}

describe('decodeCopySource', () => {
  it.each([
    ['demo-125.cos.ap-guangzhou.myqcloud.com/a/b.txt', parsed('demo-125', 'a/b.txt')],
    ['https://demo-125.cosv6.ap-guangzhou.myqcloud.com/a', parsed('demo-125', 'a')],
    ['demo-125.cn-north.myqcloud.com/a', parsed('demo-125', 'a')],
    ['demo-125.cos.ap-x.example.com:9000/a%2Fb%20c', parsed('demo-125', 'a/b c')],
    ['/demo-125/a//b', parsed('demo-125', 'a//b')],
    ['demo-125/a', parsed('demo-125', 'a')],
    ['%2Fdemo-125%2Fa%2Fb', parsed('demo-125', 'a/b')],
    ['demo-125.cos.r.d/%E5%9B%BE?versionId=MTg0', parsed('demo-125', '图', 'MTg0')],
    ['demo-125.cos.r.d/a?versionid=null', parsed('demo-125', 'a', 'null')],
    ['demo-125.cos.r.d/a%3Fb', parsed('demo-125', 'a?b')],
    ['demo-125.cos.r.d/\u00e5\u009b\u00be', parsed('demo-125', '图')],
  ])('%s', async (header, expected) => {
    expect(await decoded(header)).toEqual(expected);
  });

  it.each([
    ['demo/a', 'demo-1250000000'],
    ['/demo-1/a', 'demo-1-1250000000'],
    ['demo.cos.r.d/a', 'demo-1250000000'],
    ['demo-1260000000.cos.r.d/a', 'demo-1260000000'],
    ['my.bucket/a', 'my.bucket-1250000000'],
  ])('completes the bucket of %s where bare names are taken', async (header, bucket) => {
    expect(await decoded(header, BARE)).toEqual(parsed(bucket, 'a'));
  });

  it.each(['', '/', 'demo-125', 'demo-125/', 'demo/a', '/demo-125.cos.r.d', 'a%zz', 'demo-125/a?b=c', 'demo-125/%ff'])(
    'refuses %j',
    async (header) => {
      await expect(decoded(header)).rejects.toMatchObject({ code: 'InvalidCopySource' });
    },
  );
});
