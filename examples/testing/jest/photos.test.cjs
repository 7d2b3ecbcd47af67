/** `npx jest --rootDir examples/testing --testMatch '**\/jest/*.test.cjs'` */
const COS = require('cos-nodejs-sdk-v5');
const { startCosette } = require('cosette/testing');

const DAY_MS = 86_400_000;

describe('pictures', () => {
  let server;
  let cos;
  let place;

  beforeAll(async () => {
    server = await startCosette();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    await server.reset();
    cos = new COS(server.cos());
    place = { Bucket: server.bucket('photos'), Region: server.credentials.region };
    await cos.putBucket(place);
  });

  it('are there until they expire', async () => {
    const Rules = [{ ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } }];
    await cos.putBucketLifecycle({ ...place, Rules });
    await cos.putObject({ ...place, Key: 'cat.jpg', Body: 'meow' });
    expect(String((await cos.getObject({ ...place, Key: 'cat.jpg' })).Body)).toBe('meow');
    await server.clock.advance(31 * DAY_MS);
    await expect(cos.getObject({ ...place, Key: 'cat.jpg' })).rejects.toMatchObject({ code: 'NoSuchKey' });
  });
});
