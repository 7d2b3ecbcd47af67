/** The code under test: an application that keeps pictures in COS. It knows nothing of Cosette. */

/** @param {{ cos: import('cos-nodejs-sdk-v5'), Bucket: string, Region: string }} options */
export function photoStore({ cos, ...place }) {
  return {
    /** Makes the bucket; drafts go by themselves after 30 days. */
    async setUp() {
      await cos.putBucket(place);
      const Rules = [{ ID: 'drafts', Status: 'Enabled', Filter: { Prefix: 'drafts/' }, Expiration: { Days: 30 } }];
      await cos.putBucketLifecycle({ ...place, Rules });
    },

    async save(name, bytes) {
      await cos.putObject({ ...place, Key: name, Body: bytes });
    },

    /** @returns the bytes, or undefined when there is no such picture */
    async load(name) {
      try {
        return (await cos.getObject({ ...place, Key: name })).Body;
      } catch (error) {
        if (error.code === 'NoSuchKey') return undefined;
        throw error;
      }
    },

    async names() {
      return (await cos.getBucket(place)).Contents.map(({ Key }) => Key);
    },
  };
}
