/** cos-nodejs-sdk-v5 2.x as an application uses it. */
import type COS3 from 'cos-nodejs-sdk-v5';
import COS2 from 'cos-nodejs-sdk-v5-2';
import { runApplication } from '../javascript/application.ts';
import type { Sdk } from '../javascript/context.ts';

const COS = COS2 as unknown as typeof COS3;
await runApplication('cos-nodejs-sdk-v5-2', 'request', (SecretId, SecretKey) => {
  return new COS({ SecretId, SecretKey }) as unknown as Sdk;
});
