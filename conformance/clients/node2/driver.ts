/** Driver of cos-nodejs-sdk-v5 2.x. */
import type COS3 from 'cos-nodejs-sdk-v5';
import COS2 from 'cos-nodejs-sdk-v5-2';
import { contextFromEnvironment, type Sdk } from '../javascript/context.ts';
import { drive } from '../javascript/drive.ts';
import { selects } from '../javascript/features.ts';
import { files } from '../javascript/files.ts';
import { ONLY_BROWSERS, STEPS } from '../javascript/steps.ts';

const COS = COS2 as unknown as typeof COS3;
const context = contextFromEnvironment((SecretId, SecretKey, address) => {
  const local = address === undefined ? {} : { Protocol: 'http:', Ip: address };
  return new COS({ SecretId, SecretKey, ...local } as COS3.COSOptions) as unknown as Sdk;
});
await drive(context, { ...STEPS, ...selects, ...files }, ONLY_BROWSERS);
