/**
 * What all clients of the S3 API share here: path style at the server's address, buckets as names, or the names of AWS
 * through the server as proxy.
 */
import { COMMANDS, CONFIGURE, PROGRAM, proxied, trusting, trustingProxy } from '../../captions.ts';
import { address, addressUrl, ownEndpoint } from '../../names.ts';
import type { Client, Form, Render, ServerFacts, Snippet } from '../../types.ts';

/** Where a client is pointed at. */
export interface Way {
  /** `http://127.0.0.1:9000` */
  readonly url: string;
  /** `127.0.0.1:9000` */
  readonly host: string;
  /** The bucket is the first segment of the path, not a part of the host. */
  readonly pathStyle: boolean;
}

export interface S3Client {
  readonly id: string;
  readonly title: string;
  readonly aliases?: readonly string[];
  readonly language: string;
  readonly file?: string;
  readonly forms: readonly Exclude<Form, 'proxy'>[];
  /** The client as it is used with AWS itself; it must heed `HTTPS_PROXY`. Default: it does not. */
  readonly unchanged?: (server: ServerFacts) => string;
  /** The environment variable with the file of certificate authorities, where it has one. */
  readonly caVariable?: string;
  readonly text: (server: ServerFacts, way: Way) => string;
}

const PROGRAMS: ReadonlySet<string> = new Set(['js', 'python']);

export function s3Client({ language, file, forms, caVariable, text, unchanged, ...rest }: S3Client): Client {
  const caption = language === 'sh' ? COMMANDS : PROGRAMS.has(language) ? PROGRAM : CONFIGURE;
  const main = (made: string): Snippet => ({ caption, language, ...(file === undefined ? {} : { file }), text: made });
  const render = (form: Form): Render => {
    const wayTo = form === 'domain' ? byName : byAddress;
    return (server) => [
      ...(caVariable === undefined ? [] : trusting(server, caVariable)),
      main(text(server, wayTo(server))),
    ];
  };
  const own = Object.fromEntries(forms.map((form) => [form, render(form)]));
  if (unchanged === undefined) return { ...rest, forms: own };
  const proxy: Render = (server) => [
    proxied(addressUrl(server), 'HTTPS_PROXY'),
    ...(caVariable === undefined ? [] : trustingProxy(server, caVariable)),
    main(unchanged(server)),
  ];
  return { ...rest, forms: { ...own, proxy }, proxyOfAws: true };
}

function byAddress(server: ServerFacts): Way {
  return { url: addressUrl(server), host: address(server), pathStyle: true };
}

function byName(server: ServerFacts): Way {
  const host = ownEndpoint(server);
  return { url: `${server.scheme}://${host}`, host, pathStyle: false };
}
