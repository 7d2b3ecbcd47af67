/** Dify with the Python SDK: spec/clients.md §7. */
import { BUCKET_FIRST, trusting } from '../captions.ts';
import { ownBucketHost, shell } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function settings(server: ServerFacts): readonly Snippet[] {
  const text = `STORAGE_TYPE=tencent-cos
TENCENT_COS_BUCKET_NAME=${server.bucket}
TENCENT_COS_SECRET_ID=${server.secretId}
TENCENT_COS_SECRET_KEY=${shell(server.secretKey)}
TENCENT_COS_REGION=${server.region}
TENCENT_COS_SCHEME=${server.scheme}
TENCENT_COS_CUSTOM_DOMAIN=${ownBucketHost(server)}`;
  return [{ caption: BUCKET_FIRST, language: 'sh', file: '.env', text }, ...trusting(server, 'REQUESTS_CA_BUNDLE')];
}

export const dify: Client = { id: 'dify', title: 'Dify', forms: { domain: settings, https: settings } };
