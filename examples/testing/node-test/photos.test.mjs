/** `node --test examples/testing/node-test/photos.test.mjs` */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import COS from 'cos-nodejs-sdk-v5';
import { startCosette } from 'cosette/testing';
import { photoStore } from '../photos.mjs';

const DAY_MS = 86_400_000;

describe('the photo store', () => {
  let server;
  let photos;

  before(async () => {
    server = await startCosette();
  });
  after(() => server.stop());

  beforeEach(async () => {
    await server.reset();
    const cos = new COS(server.cos());
    photos = photoStore({ cos, Bucket: server.bucket('photos'), Region: server.credentials.region });
    await photos.setUp();
  });

  it('saves and loads', async () => {
    await photos.save('cat.jpg', 'meow');
    assert.equal(String(await photos.load('cat.jpg')), 'meow');
    assert.deepEqual(
      server.requests({ operation: 'PutObject' }).map(({ key, status }) => [key, status]),
      [['cat.jpg', 200]],
    );
  });

  it('forgets drafts after a month', async () => {
    await photos.save('drafts/cat.jpg', 'meow');
    await photos.save('cat.jpg', 'meow');
    await server.clock.advance(31 * DAY_MS);
    assert.deepEqual(await photos.names(), ['cat.jpg']);
  });
});
