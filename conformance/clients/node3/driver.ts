/** Driver of cos-nodejs-sdk-v5 3.x. */
import COS from 'cos-nodejs-sdk-v5';
import { contextFromEnvironment, type Sdk } from '../javascript/context.ts';
import { drive } from '../javascript/drive.ts';
import { selects } from '../javascript/features.ts';
import { files } from '../javascript/files.ts';
import { ONLY_BROWSERS, STEPS } from '../javascript/steps.ts';

const context = contextFromEnvironment((SecretId, SecretKey, address) => {
  const local = address === undefined ? {} : { Protocol: 'http:', Ip: address };
  return new COS({ SecretId, SecretKey, ...local } as COS.COSOptions) as unknown as Sdk;
});
await drive(context, { ...STEPS, ...selects, ...files }, ONLY_BROWSERS);
