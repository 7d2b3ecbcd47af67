/** PicGo always asks Tencent's names over http: spec/clients.md §7. */
import { BUCKET_FIRST } from '../captions.ts';
import { addressUrl } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function config(server: ServerFacts): readonly Snippet[] {
  const tcyun = {
    version: 'v5',
    secretId: server.secretId,
    secretKey: server.secretKey,
    appId: server.appid,
    bucket: server.bucket,
    area: server.region,
    path: 'img/',
    customUrl: '',
  };
  const picBed = { current: 'tcyun', uploader: 'tcyun', proxy: addressUrl(server), tcyun };
  return [{ caption: BUCKET_FIRST, language: 'json', text: JSON.stringify({ picBed }, undefined, 2) }];
}

export const picgo: Client = { id: 'picgo', title: 'PicGo', forms: { proxy: config } };
