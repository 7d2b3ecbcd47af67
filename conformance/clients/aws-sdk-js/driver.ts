/** Driver of the AWS SDK for JavaScript. */
import { drive } from '../javascript/drive.ts';
import { access } from './access.ts';
import { buckets } from './buckets.ts';
import { contextFromEnvironment } from './context.ts';
import { multipart } from './multipart.ts';
import { objects } from './objects.ts';

const LEFT_OUT = { 's3-post-form': 'the SDK makes forms by a package of its own' };

await drive(contextFromEnvironment(), { ...objects, ...multipart, ...access, ...buckets }, LEFT_OUT);
