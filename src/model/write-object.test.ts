/** Conditions of writes and deletes against the store: spec/objects.md §6, spec/s3.md §6. */
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import type { Commit } from '../store/meta-store.ts';
import { bodyOf, type Fixture, openFixture, PLAIN } from './fixture.ts';
import { ingest, NO_DIGESTS } from './ingest.ts';
import { readObject } from './read-object.ts';
import type { Services } from './services.ts';
import { deleteObject, publishObject, singleBody, UNCONDITIONAL, type WriteConditions } from './write-object.ts';

async function put(
  fixture: Fixture,
  text: string,
  conditions: Partial<WriteConditions> = {},
  services: Services = fixture.services,
) {
  const object = singleBody(await ingest(fixture.services, bodyOf(text), 1_000), PLAIN);
  return publishObject(services, await fixture.bucket(), 'k', object, { ...UNCONDITIONAL, ...conditions });
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
  return 'ok';
}

const remove = async (fixture: Fixture, conditions: Parameters<typeof deleteObject>[4]) =>
  codeOf(deleteObject(fixture.services, await fixture.bucket(), 'k', undefined, conditions));

describe('a conditional write', () => {
  it('is judged by what is there', async () => {
    const fixture = await openFixture();
    expect(await codeOf(put(fixture, 'a', { ifMatch: '*' }))).toBe('NoSuchKey');
    expect(await codeOf(put(fixture, 'a', { ifNoneMatch: '*' }))).toBe('ok');
    expect(await codeOf(put(fixture, 'b', { ifNoneMatch: '*' }))).toBe('PreconditionFailed');
    const { record } = await put(fixture, 'c', { ifMatch: '*' });
    expect(await codeOf(put(fixture, 'd', { ifMatch: `"${record.etag}"` }))).toBe('ok');
    expect(await codeOf(put(fixture, 'e', { ifMatch: `"${record.etag}"` }))).toBe('PreconditionFailed');
  });

  it('lets one of many first writers win', async () => {
    const fixture = await openFixture();
    const all = Array.from({ length: 8 }, (_, at) => codeOf(put(fixture, String(at), { ifNoneMatch: '*' })));
    const outcomes = await Promise.all(all);
    expect(outcomes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(outcomes.filter((code) => code === 'PreconditionFailed')).toHaveLength(7);
  });

  it('says so where other writers leave no moment to judge in', async () => {
    const fixture = await openFixture();
    const { services } = fixture;
    const { store } = services;
    const lost = { ...store.meta, commit: async (_: Commit) => ({ ok: false, failed: [] }) as never };
    const beaten = { ...services, store: { ...store, meta: lost } };
    const contended = 'ConditionalRequestConflict';
    const outcome = (conditions: Partial<WriteConditions>) => codeOf(put(fixture, 'x', conditions, beaten));
    expect(await outcome({ ifNoneMatch: '*', contended })).toBe('ConditionalRequestConflict');
    expect(await outcome({ ifNoneMatch: '*' })).toBe('PathConflict');
    expect(await outcome({ contended })).toBe('PathConflict');
    await put(fixture, 'there');
    expect(await outcome({ ifNoneMatch: '*', contended })).toBe('PreconditionFailed');
  });
});

describe('a conditional delete', () => {
  it('takes what matches, and leaves what does not', async () => {
    const fixture = await openFixture();
    const { record } = await put(fixture, 'abc');
    for (const conditions of [{ ifMatch: '"x"' }, { ifMatchSize: 4 }, { ifMatchLastModifiedMs: 0 }]) {
      expect(await remove(fixture, conditions)).toBe('PreconditionFailed');
    }
    await readObject(fixture.services, await fixture.bucket(), 'k', undefined);
    const { etag, modifiedMs } = record;
    const all = { ifMatch: `"${etag}"`, ifMatchSize: 3, ifMatchLastModifiedMs: modifiedMs };
    expect(await remove(fixture, all)).toBe('ok');
    expect(await codeOf(readObject(fixture.services, await fixture.bucket(), 'k', undefined))).toBe('NoSuchKey');
    expect(await remove(fixture, all)).toBe('PreconditionFailed');
    expect(await remove(fixture, { ...all, absent: 'NoSuchKey' })).toBe('NoSuchKey');
    expect(await remove(fixture, { ...all, absent: 'succeed' })).toBe('ok');
  });
});

describe('an object of one body', () => {
  it('has the checksum that its writer asked for', async () => {
    const fixture = await openFixture();
    const checksum = { algorithm: 'CRC32C' as const, expected: undefined };
    const ingested = await ingest(fixture.services, bodyOf('123456789'), 100, { ...NO_DIGESTS, checksum });
    const { record } = await publishObject(fixture.services, await fixture.bucket(), 'k', singleBody(ingested, PLAIN));
    const found = await readObject(fixture.services, await fixture.bucket(), 'k', undefined);
    for (const { attributes } of [record, found.record]) {
      const value = Buffer.from('e3069283', 'hex');
      expect(attributes.extra?.checksum).toEqual({ algorithm: 'CRC32C', type: 'FULL_OBJECT', value });
    }
    await put(fixture, 'without');
    const plain = await readObject(fixture.services, await fixture.bucket(), 'k', undefined);
    expect(plain.record.attributes.extra).toBeUndefined();
  });
});
