import { expect, it } from 'vitest';
import { BUCKET_LIFECYCLE, settled } from './bucket-lifecycle.ts';
import type { NewRule } from './rules.ts';

const rule = (id: string | undefined, days: number): NewRule => ({
  id,
  filter: { and: false, conditions: [{ kind: 'prefix', prefix: 'a' }] },
  enabled: true,
  actions: [{ kind: 'expiration', when: { days } }],
});
const newId = () => 'made';

it('keeps the time of a rule that is sent again in the same words, and of no other', () => {
  const first = settled([rule('a', 1), rule('b', 2)], undefined, 1_000, newId);
  const again = settled([rule('b', 2), rule('a', 3), rule(undefined, 1)], first, 2_000, newId);
  expect(again.rules.map(({ id, setMs }) => [id, setMs])).toEqual([
    ['b', 1_000],
    ['a', 2_000],
    ['made', 2_000],
  ]);
});

it('is stored whole', () => {
  const { rules } = settled(
    [
      {
        id: 'all',
        filter: {
          and: true,
          conditions: [
            { kind: 'prefix', prefix: 'p' },
            { kind: 'prefix-not', prefix: 'q' },
            { kind: 'tag', key: 'k', value: 'v' },
            { kind: 'larger', bytes: 1 },
            { kind: 'smaller', bytes: 2 },
          ],
        },
        enabled: false,
        actions: [
          { kind: 'transition', when: { date: '2030-01-01T00:00:00+08:00', dateMs: 5 }, storageClass: 'Archive' },
          { kind: 'expiration', when: { days: 3 } },
          { kind: 'expired-marker', on: true },
          { kind: 'noncurrent-transition', days: 1, daysName: 'Days', storageClass: 'ARCHIVE' },
          { kind: 'noncurrent-expiration', days: 2, daysName: 'NoncurrentDays' },
          { kind: 'abort-uploads', days: 7 },
        ],
      },
    ],
    undefined,
    1,
    newId,
  );
  expect(BUCKET_LIFECYCLE.unpack(BUCKET_LIFECYCLE.pack({ rules }))).toEqual({ rules });
});
