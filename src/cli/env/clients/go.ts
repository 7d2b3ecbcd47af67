/** cos-go-sdk-v5: spec/clients.md §4.6. */
import { PROGRAM, proxied, trusting } from '../captions.ts';
import { addressUrl, double, ownBucketHost, ownServiceHost, tencentBucketHost } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

const BUILT_IN = ['context', 'fmt', 'io', 'net/http', 'net/url', 'strings'];
const PACKAGE = 'github.com/tencentyun/cos-go-sdk-v5';

/** The lines that differ between the forms: the value of `cos.BaseURL`, and the host to name. */
interface Connection {
  readonly bucketUrl: string;
  readonly serviceUrl: string;
  readonly host?: string;
}

export function goByAddress(server: ServerFacts): Connection & { readonly host: string } {
  const url = addressUrl(server);
  return { bucketUrl: url, serviceUrl: url, host: tencentBucketHost(server) };
}

const byName = (server: ServerFacts): Connection => ({
  bucketUrl: `${server.scheme}://${ownBucketHost(server)}`,
  serviceUrl: `${server.scheme}://${ownServiceHost(server)}`,
});
const byProxy = (server: ServerFacts): Connection => ({
  bucketUrl: `http://${tencentBucketHost(server)}`,
  serviceUrl: 'http://service.cos.myqcloud.com',
});

function program(server: ServerFacts, { bucketUrl, serviceUrl, host }: Connection): Snippet {
  const text = `package main

import (
${[...BUILT_IN, '', PACKAGE].map((name) => (name === '' ? '' : `\t${double(name)}`)).join('\n')}
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	bucketURL, err := url.Parse(${double(bucketUrl)})
	must(err)
	serviceURL, err := url.Parse(${double(serviceUrl)})
	must(err)
	client := cos.NewClient(&cos.BaseURL{BucketURL: bucketURL, ServiceURL: serviceURL}, &http.Client{
		Transport: &cos.AuthorizationTransport{SecretID: ${double(server.secretId)}, SecretKey: ${double(server.secretKey)}},
	})
${host === undefined ? '' : `	client.Host = ${double(host)}\n`}	ctx := context.Background()
	if _, err := client.Bucket.Put(ctx, nil); err != nil {
		if cosErr, ok := cos.IsCOSError(err); !ok || cosErr.Code != "BucketAlreadyOwnedByYou" {
			panic(err)
		}
	}
	_, err = client.Object.Put(ctx, "hello.txt", strings.NewReader("hello from Go"), nil)
	must(err)
	answer, err := client.Object.Get(ctx, "hello.txt", nil)
	must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(err)
	fmt.Println(string(body))
}`;
  return { caption: PROGRAM, language: 'go', file: 'main.go', text };
}

export const go: Client = {
  id: 'go',
  title: 'Go: cos-go-sdk-v5',
  aliases: ['golang', 'cos-go-sdk-v5'],
  forms: {
    ip: (server) => [program(server, goByAddress(server))],
    domain: (server) => [program(server, byName(server))],
    proxy: (server) => [proxied(addressUrl(server)), program(server, byProxy(server))],
    https: (server) => [...trusting(server, 'SSL_CERT_FILE'), program(server, goByAddress(server))],
  },
};
