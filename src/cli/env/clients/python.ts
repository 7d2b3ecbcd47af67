/** cos-python-sdk-v5: spec/clients.md §4.5. */
import { PROGRAM, trusting } from '../captions.ts';
import { address, ownEndpoint, ownServiceHost, single } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

const common = (server: ServerFacts) =>
  `Region=${single(server.region)}, SecretId=${single(server.secretId)}, SecretKey=${single(server.secretKey)}, Scheme='${server.scheme}'`;

/** `IP` does not apply to the list of buckets, hence `ServiceDomain`. */
export function pythonByAddress(server: ServerFacts): string {
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `CosConfig(${common(server)}, IP=${single(host)}, Port=${server.port}, ServiceDomain=${single(address(server))})`;
}

const byName = (server: ServerFacts) =>
  `CosConfig(${common(server)}, Endpoint=${single(ownEndpoint(server))}, ServiceDomain=${single(ownServiceHost(server))})`;
const byProxy = (server: ServerFacts) =>
  `CosConfig(${common(server)}, Proxies={'http': ${single(`http://${address(server)}`)}})`;

function program(server: ServerFacts, made: string): readonly Snippet[] {
  const text = `from qcloud_cos import CosConfig, CosS3Client, CosServiceError

client = CosS3Client(${made})
bucket = ${single(server.bucket)}
try:
    client.create_bucket(Bucket=bucket)
except CosServiceError as error:
    if error.get_error_code() != 'BucketAlreadyOwnedByYou':
        raise
client.put_object(Bucket=bucket, Key='hello.txt', Body=b'hello from Python')
print(client.get_object(Bucket=bucket, Key='hello.txt')['Body'].get_raw_stream().read().decode())`;
  return [...trusting(server, 'REQUESTS_CA_BUNDLE'), { caption: PROGRAM, language: 'python', file: 'hello.py', text }];
}

export const python: Client = {
  id: 'python',
  title: 'Python: cos-python-sdk-v5',
  aliases: ['py', 'cos-python-sdk-v5'],
  forms: {
    ip: (server) => program(server, pythonByAddress(server)),
    domain: (server) => program(server, byName(server)),
    proxy: (server) => program(server, byProxy(server)),
    https: (server) => program(server, pythonByAddress(server)),
  },
};
