/** qcloud-cos-sts: asks for temporary keys. */
import { type Client, Skipped } from '../../client.ts';

export const qcloudCosSts: Client = {
  name: 'qcloud-cos-sts',
  title: 'qcloud-cos-sts',
  async prepare() {
    throw new Skipped('the server gives no temporary keys yet');
  },
};
