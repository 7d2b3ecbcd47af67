/** A web server that missing objects come from, and configurations that name it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expectStatus } from './buckets.ts';
import type { Answer, Send } from './http.ts';

export interface Origin {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `method target` of every request, in order. */
  readonly seen: string[];
  /** Headers of the last request. */
  last(): IncomingMessage['headers'];
  /** How many requests there were for a path. */
  count(path: string): number;
  close(): Promise<void>;
}

export type Respond = (path: string, request: IncomingMessage, response: ServerResponse) => void;

export async function startOrigin(respond: Respond): Promise<Origin> {
  const seen: string[] = [];
  let headers: IncomingMessage['headers'] = {};
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    headers = request.headers;
    respond(request.url!.split('?')[0]!, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    last: () => headers,
    count: (path) => seen.filter((line) => line.split(' ')[1]!.split('?')[0] === path).length,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface RuleParts {
  readonly priority?: number;
  readonly type?: 'Mirror' | 'Proxy' | 'Redirect';
  /** Elements of OriginCondition. */
  readonly condition?: string;
  /** Elements of OriginParameter. */
  readonly parameter?: string;
  /** Elements of the rule. */
  readonly more?: string;
  /** Elements of HostInfo. */
  readonly host: string;
  readonly file?: string;
}

export function originRule({
  priority = 1,
  type = 'Mirror',
  condition = '<HTTPStatusCode>404</HTTPStatusCode>',
  parameter = '',
  more = '',
  host,
  file,
}: RuleParts): string {
  return (
    `<OriginRule><RulePriority>${priority}</RulePriority><OriginType>${type}</OriginType>` +
    `<OriginCondition>${condition}</OriginCondition><OriginParameter>${parameter}</OriginParameter>${more}` +
    `<OriginInfo><HostInfo>${host}</HostInfo>${file === undefined ? '' : `<FileInfo>${file}</FileInfo>`}</OriginInfo>` +
    '</OriginRule>'
  );
}

export const originConfiguration = (...rules: string[]): string =>
  `<OriginConfiguration>${rules.join('')}</OriginConfiguration>`;

export function setOrigin(send: Send, ...rules: RuleParts[]): Promise<Answer> {
  const body = originConfiguration(...rules.map(originRule));
  return expectStatus(send({ method: 'PUT', query: { origin: '' }, body }), 200);
}

export const hostName = (name: string): string => `<HostName>${name}</HostName>`;
