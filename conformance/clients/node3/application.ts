/** cos-nodejs-sdk-v5 3.x as an application uses it. */
import COS from 'cos-nodejs-sdk-v5';
import { runApplication } from '../javascript/application.ts';
import type { Sdk } from '../javascript/context.ts';

await runApplication('cos-nodejs-sdk-v5', 'cos-request', (SecretId, SecretKey) => {
  return new COS({ SecretId, SecretKey }) as unknown as Sdk;
});
