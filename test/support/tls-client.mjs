/**
 * A client in a process of its own, since Node reads NODE_EXTRA_CA_CERTS when it starts:
 * `node tls-client.mjs <package> <options as JSON> <bucket> <region>` writes and reads an object and prints what it saw.
 */
import { createRequire } from 'node:module';

const [name, options, Bucket, Region] = process.argv.slice(2);
const COS = createRequire(import.meta.url)(name);
const cos = new COS(JSON.parse(options));
const Key = 'folder/a b 中.txt';
const Body = Buffer.alloc(300_000, name);
const result = {};
try {
  await cos.putBucket({ Bucket, Region }).catch((error) => {
    if (error.code !== 'BucketAlreadyOwnedByYou') throw error;
  });
  const put = await cos.putObject({ Bucket, Region, Key, Body });
  const got = await cos.getObject({ Bucket, Region, Key });
  const service = await cos.getService({});
  result.location = put.Location;
  result.same = got.Body.equals(Body);
  result.buckets = service.Buckets.map((bucket) => bucket.Name);
} catch (error) {
  result.error = String(error.code ?? error.error?.code ?? error.message ?? error);
  result.status = error.statusCode;
}
process.stdout.write(JSON.stringify(result));
