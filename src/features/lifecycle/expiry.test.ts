import { describe, expect, it } from 'vitest';
import { writeBucketConfig } from '../../model/bucket-configs.ts';
import { FIXTURE_BUCKET, openFixture, PLAIN } from '../../model/fixture.ts';
import { withExtra } from '../../model/records/attributes.ts';
import { publishObject } from '../../model/write-object.ts';
import { BUCKET_LIFECYCLE } from './bucket-lifecycle.ts';
import { DAY_MS, GMT_8, HOUR_MS, midnightFrom } from './calendar.ts';
import { expiryIn } from './expiry.ts';
import type { LifecycleAction, LifecycleRule } from './rules.ts';

const rule = (id: string, action: LifecycleAction, more: Partial<LifecycleRule> = {}): LifecycleRule => ({
  id,
  filter: { and: false, conditions: [] },
  enabled: true,
  actions: [action],
  setMs: 0,
  ...more,
});
const inDays = (days: number): LifecycleAction => ({ kind: 'expiration', when: { days } });
const only = (prefix: string): Partial<LifecycleRule> => ({
  filter: { and: false, conditions: [{ kind: 'prefix', prefix }] },
});

async function open(rules: LifecycleRule[], tags?: string[]) {
  const { services, bucket } = await openFixture();
  await writeBucketConfig(services, FIXTURE_BUCKET, BUCKET_LIFECYCLE, { rules });
  const attributes = tags === undefined ? PLAIN : withExtra(PLAIN, { tags });
  const object = { kind: 'normal' as const, size: 5, etag: '', crc64: undefined, attributes, parts: 0 };
  const { record } = await publishObject(services, await bucket(), 'a/b', object);
  return { expiry: await expiryIn(services, await bucket(), 'a/b', record), record };
}

describe('the expiry of an object', () => {
  it('is the midnight behind its days, by the rule that comes first', async () => {
    const rules = [rule('late', inDays(9)), rule('soon', inDays(2)), rule('other', inDays(1), only('b'))];
    const { expiry, record } = await open(rules);
    const dueMs = midnightFrom(GMT_8, record.modifiedMs + 2 * DAY_MS);
    expect(expiry).toEqual({ dueMs, ruleId: 'soon' });
    expect(dueMs - record.modifiedMs).toBeGreaterThanOrEqual(2 * DAY_MS);
    expect(dueMs - record.modifiedMs).toBeLessThan(3 * DAY_MS);
    expect(new Date(dueMs + 8 * HOUR_MS).getUTCHours()).toBe(0);
  });

  it('is told of enabled rules that expire newest versions and match alone', async () => {
    const move: LifecycleAction = { kind: 'transition', when: { days: 1 }, storageClass: 'ARCHIVE' };
    const old: LifecycleAction = { kind: 'noncurrent-expiration', days: 1, daysName: 'NoncurrentDays' };
    const tagged = { filter: { and: false, conditions: [{ kind: 'tag' as const, key: 'k', value: 'v' }] } };
    const rules = [
      rule('off', inDays(1), { enabled: false }),
      rule('m', move),
      rule('o', old),
      rule('t', inDays(1), tagged),
    ];
    expect((await open(rules)).expiry).toBeUndefined();
    expect((await open(rules, ['k', 'v'])).expiry).toMatchObject({ ruleId: 't' });
    expect((await open([rule('all', inDays(1), only(''))])).expiry).toMatchObject({ ruleId: 'all' });
  });
});
