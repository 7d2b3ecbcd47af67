/** The clients, in the order in which they run. */
import type { Client } from './client.ts';
import { awsCli } from './clients/aws-cli/client.ts';
import { awsSdkJs } from './clients/aws-sdk-js/client.ts';
import { boto3 } from './clients/boto3/client.ts';
import { chromium } from './clients/chromium/client.ts';
import { coscli } from './clients/coscli/client.ts';
import { coscmd } from './clients/coscmd/client.ts';
import { cosfs } from './clients/cosfs/client.ts';
import { goSdk } from './clients/go-sdk/client.ts';
import { jsSdk } from './clients/js-sdk/client.ts';
import { minioJs } from './clients/minio-js/client.ts';
import { node2 } from './clients/node2/client.ts';
import { node3 } from './clients/node3/client.ts';
import { pythonSdk } from './clients/python-sdk/client.ts';
import { qcloudCosSts } from './clients/qcloud-cos-sts/client.ts';
import { rclone, rcloneTencent } from './clients/rclone/client.ts';
import { restic } from './clients/restic/client.ts';
import { s3cmd } from './clients/s3cmd/client.ts';
import { s3fs } from './clients/s3fs/client.ts';

export const CLIENTS: readonly Client[] = [
  node3,
  node2,
  jsSdk,
  qcloudCosSts,
  pythonSdk,
  coscmd,
  goSdk,
  coscli,
  chromium,
  cosfs,
  awsSdkJs,
  boto3,
  minioJs,
  awsCli,
  s3cmd,
  rclone,
  rcloneTencent,
  restic,
  s3fs,
];
