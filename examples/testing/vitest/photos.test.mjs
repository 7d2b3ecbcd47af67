/** `npx vitest run --root examples/testing/vitest` */
import { describe, expect } from 'vitest';
import { photoStore } from '../photos.mjs';
import { test } from './fixture.mjs';

const DAY_MS = 86_400_000;

async function photosOf(cosette, cos) {
  const photos = photoStore({ cos, Bucket: cosette.bucket('photos'), Region: cosette.credentials.region });
  await photos.setUp();
  return photos;
}

describe('the photo store', () => {
  test('saves and loads', async ({ cosette, cos }) => {
    const photos = await photosOf(cosette, cos);
    await photos.save('cat.jpg', 'meow');
    expect(String(await photos.load('cat.jpg'))).toBe('meow');
    expect(cosette.requests({ operation: 'PutObject' })).toMatchObject([{ key: 'cat.jpg', status: 200 }]);
  });

  test('knows what is not there', async ({ cosette, cos }) => {
    const photos = await photosOf(cosette, cos);
    expect(await photos.load('cat.jpg')).toBeUndefined();
    expect(cosette.requests().at(-1)).toMatchObject({ operation: 'GetObject', code: 'NoSuchKey' });
  });

  test('forgets drafts after a month', async ({ cosette, cos }) => {
    const photos = await photosOf(cosette, cos);
    await photos.save('drafts/cat.jpg', 'meow');
    await photos.save('cat.jpg', 'meow');
    await cosette.clock.advance(31 * DAY_MS);
    expect(await photos.names()).toEqual(['cat.jpg']);
  });

  test('starts from the same state again and again', async ({ cosette, cos }) => {
    const photos = await photosOf(cosette, cos);
    await photos.save('cat.jpg', 'meow');
    const state = await cosette.snapshot();
    await photos.save('cat.jpg', 'purr');
    await cosette.restore(state);
    expect(String(await photos.load('cat.jpg'))).toBe('meow');
  });
});
