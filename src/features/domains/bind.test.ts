import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hasConfig } from '../../model/bucket-configs.ts';
import { createBucket, deleteBucket, loadBucket } from '../../model/buckets.ts';
import { FIXTURE_BUCKET, type Fixture, openFixture } from '../../model/fixture.ts';
import { createServices, type Services } from '../../model/services.ts';
import { bindDomains, changeDomains, readDomains, releasedDomains } from './bind.ts';
import { type AskedDomainRule, BUCKET_DOMAINS } from './rules.ts';

const OTHER = 'other-1250000000';
let services: Services;
let fixture: Fixture;
/** Another process on the same store. */
let second: Services;
beforeEach(async () => {
  fixture = await openFixture();
  services = fixture.services;
  await createBucket(services, {
    name: OTHER,
    appid: '1250000000',
    ownerUin: '100000000001',
    region: 'ap-guangzhou',
    acl: 'private',
  });
  const { limits, settings, keyring, graceMs, changeWatchers, ...rest } = services;
  second = createServices({ ...rest, processId: 'second' });
});

const rule = (name: string, given: Partial<AskedDomainRule> = {}): AskedDomainRule => ({
  enabled: true,
  name,
  type: 'REST',
  forced: undefined,
  ...given,
});
const holder = (name: string, of = services) => of.domains.index.find(name)?.bucket;

describe('bindDomains', () => {
  it('is seen at once by those that bind, and by others after a look', async () => {
    await bindDomains(services, FIXTURE_BUCKET, [rule('A.com')]);
    expect([holder('a.com'), holder('a.com', second)]).toEqual([FIXTURE_BUCKET, undefined]);
    await second.domains.index.refresh();
    expect(holder('a.com', second)).toBe(FIXTURE_BUCKET);
    await bindDomains(second, FIXTURE_BUCKET, []);
    expect(holder('a.com', second)).toBeUndefined();
    await services.domains.index.refresh();
    expect(holder('a.com')).toBeUndefined();
    expect(hasConfig(await fixture.bucket(), BUCKET_DOMAINS)).toBe(false);
  });

  it('gives a name to one of many that want it', async () => {
    const tries = Array.from({ length: 6 }, (_, at) =>
      bindDomains(at % 2 === 0 ? services : second, at % 3 === 0 ? FIXTURE_BUCKET : OTHER, [rule('a.com')]),
    );
    const outcomes = await Promise.allSettled(tries);
    const codes = new Set(outcomes.map((one) => (one.status === 'rejected' ? one.reason.code : 'bound')));
    expect([...codes].every((code) => ['bound', 'DomainConfigConflict', 'PathConflict'].includes(code))).toBe(true);
    const [row] = await readDomains(services, ['a.com']);
    const owners = [];
    for (const name of [FIXTURE_BUCKET, OTHER]) {
      if (hasConfig(await loadBucket(services, name), BUCKET_DOMAINS)) owners.push(name);
    }
    expect(owners).toEqual([row?.bucket]);
  });

  it('takes a name from another bucket by force alone, and leaves it its others', async () => {
    await bindDomains(services, FIXTURE_BUCKET, [rule('a.com'), rule('b.com')]);
    await expect(bindDomains(services, OTHER, [rule('a.com')])).rejects.toMatchObject({ code: 'DomainConfigConflict' });
    await bindDomains(services, OTHER, [rule('A.com', { forced: 'TXT' }), rule('c.com')]);
    expect([holder('a.com'), holder('b.com'), holder('c.com')]).toEqual([OTHER, FIXTURE_BUCKET, OTHER]);
    await bindDomains(services, OTHER, [rule('b.com', { forced: 'CNAME' })]);
    expect([holder('a.com'), holder('b.com')]).toEqual([undefined, OTHER]);
    expect(hasConfig(await fixture.bucket(), BUCKET_DOMAINS)).toBe(false);
  });

  it('moves as many as there may be in one commit', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `n${at}.com`);
    const before = Array.from({ length: 20 }, (_, at) => `m${at}.com`);
    for (const [at, name] of names.entries()) {
      const bucket = `b${at}-1250000000`;
      const made = { appid: '1250000000', ownerUin: '100000000001', region: 'ap-guangzhou', acl: 'private' } as const;
      await createBucket(services, { name: bucket, ...made });
      await bindDomains(services, bucket, [rule(name)]);
    }
    await bindDomains(
      services,
      OTHER,
      before.map((name) => rule(name)),
    );
    await bindDomains(
      services,
      OTHER,
      names.map((name) => rule(name, { forced: 'TXT' })),
    );
    expect(names.map((name) => holder(name))).toEqual(names.map(() => OTHER));
    expect(before.map((name) => holder(name))).toEqual(before.map(() => undefined));
  });
});

it('frees the names of a bucket in the commit that deletes it', async () => {
  await bindDomains(services, FIXTURE_BUCKET, [rule('a.com')]);
  await bindDomains(services, OTHER, [rule('b.com')]);
  const race = Promise.allSettled([
    deleteBucket(services, FIXTURE_BUCKET, (entry) => releasedDomains(services, entry)),
    bindDomains(second, OTHER, [rule('b.com'), rule('c.com')]),
  ]);
  expect((await race)[0]?.status).toBe('fulfilled');
  await services.domains.index.refresh();
  expect([holder('a.com'), holder('b.com')]).toEqual([undefined, OTHER]);
  expect(await readDomains(services, ['a.com'])).toEqual([undefined]);
});

it('changes rows of the bucket alone, and of all names or none', async () => {
  await bindDomains(services, FIXTURE_BUCKET, [rule('a.com')]);
  await bindDomains(services, OTHER, [rule('b.com')]);
  const bucket = await fixture.bucket();
  const off = (names: string[]) => changeDomains(services, bucket, names, (record) => ({ ...record, enabled: false }));
  expect(await off(['a.com', 'b.com'])).toBe(false);
  expect(services.domains.index.find('a.com')?.enabled).toBe(true);
  expect(await off(['a.com'])).toBe(true);
  expect(services.domains.index.find('a.com')?.enabled).toBe(false);
});

it('reads nothing but the generation while nothing changed', async () => {
  await bindDomains(services, FIXTURE_BUCKET, [rule('a.com')]);
  const known = services.domains.index.find('a.com');
  const scan = vi.spyOn(services.store.meta, 'scan');
  await services.domains.index.refresh();
  expect(scan).not.toHaveBeenCalled();
  await bindDomains(services, OTHER, [rule('b.com')]);
  // What did not change is the same: certificates made ready for it stay.
  expect(services.domains.index.find('a.com')).toBe(known);
});
