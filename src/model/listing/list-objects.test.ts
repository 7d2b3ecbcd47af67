import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fixture, openFixture, PLAIN } from '../fixture.ts';
import { publishObject } from '../write-object.ts';
import { listObjects } from './list-objects.ts';

async function withKeys(keys: readonly string[]): Promise<Fixture> {
  const fixture = await openFixture();
  const bucket = await fixture.bucket();
  const object = { kind: 'normal' as const, size: 0, etag: 'e', crc64: undefined, attributes: PLAIN, parts: 0 };
  for (const key of keys) await publishObject(fixture.services, bucket, key, object);
  return fixture;
}

const bytesOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What the page must be, from the sorted keys alone. */
function expected(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const items: string[] = [];
  for (const key of [...keys].sort(bytesOrder)) {
    if (!key.startsWith(prefix)) continue;
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const item = at < 0 ? key : key.slice(0, at + delimiter.length);
    // A marker equal to or inside a common prefix skips all of it.
    if (after !== '' && (bytesOrder(item, after) <= 0 || (at >= 0 && after.startsWith(item)))) continue;
    if (items.at(-1) !== item) items.push(item);
  }
  return items;
}

const segment = fc.constantFrom('a', 'b', 'a\0', '图', '', 'z', '\u00ff', '+', ' ');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const key = path.filter((text) => text !== '');

describe('listObjects', () => {
  it('pages through exactly what the keys say, whatever prefix, delimiter and marker', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 20 }),
        fc.oneof(fc.constant(''), path),
        fc.constantFrom('', '/', 'a'),
        fc.oneof(fc.constant(''), path),
        fc.integer({ min: 1, max: 5 }),
        async (keys, prefix, delimiter, marker, limit) => {
          const fixture = await withKeys(keys);
          const bucketId = (await fixture.bucket()).record.id;
          const seen: string[] = [];
          let after = marker;
          for (;;) {
            const page = await listObjects(fixture.services, bucketId, { prefix, delimiter, limit, after });
            const items = [...page.objects.map((object) => object.key), ...page.commonPrefixes].sort(bytesOrder);
            expect(items.length).toBeLessThanOrEqual(limit);
            seen.push(...items);
            if (!page.truncated) break;
            expect(items.length).toBe(limit);
            expect(page.last).toBe(items.at(-1));
            after = page.last;
          }
          expect(seen).toEqual(expected(keys, prefix, delimiter, marker));
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);

  it('answers an empty page for limit 0, endless prefixes and endless markers', async () => {
    const fixture = await withKeys(['a', 'b']);
    const bucketId = (await fixture.bucket()).record.id;
    const query = { prefix: '', delimiter: '', limit: 10, after: '' };
    const none = await listObjects(fixture.services, bucketId, { ...query, limit: 0 });
    expect(none).toMatchObject({ objects: [], truncated: false });
    const longPrefix = await listObjects(fixture.services, bucketId, { ...query, prefix: 'x'.repeat(5_000) });
    expect(longPrefix.objects).toEqual([]);
    const longMarker = await listObjects(fixture.services, bucketId, { ...query, after: `a${'x'.repeat(5_000)}` });
    expect(longMarker.objects.map((object) => object.key)).toEqual(['b']);
  });
});
