/** cos-cpp-sdk-v5: spec/clients.md §4.8. */
import { PROGRAM } from '../captions.ts';
import { address, double } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function program(server: ServerFacts): readonly Snippet[] {
  const text = `#include <iostream>
#include <sstream>
#include "cos_api.h"
#include "cos_sys_config.h"
using namespace qcloud_cos;

int main() {
  CosConfig config(${server.appid}, ${double(server.secretId)}, ${double(server.secretKey)}, ${double(server.region)});
  CosSysConfig::SetIsUseIntranet(true);
  CosSysConfig::SetIntranetAddr(${double(address(server))});
  CosAPI cos(config);
  const std::string bucket = ${double(server.bucket)};
  PutBucketReq make(bucket);
  PutBucketResp made;
  cos.PutBucket(make, &made);
  std::istringstream body("hello from C++");
  PutObjectByStreamReq put(bucket, "hello.txt", body);
  PutObjectByStreamResp answer;
  CosResult result = cos.PutObject(put, &answer);
  std::cout << result.GetHttpStatus() << std::endl;
  return result.IsSucc() ? 0 : 1;
}`;
  return [{ caption: PROGRAM, language: 'cpp', file: 'hello.cpp', text }];
}

export const cpp: Client = {
  id: 'cpp',
  title: 'C++: cos-cpp-sdk-v5',
  aliases: ['c++', 'cos-cpp-sdk-v5'],
  forms: { ip: program },
};
