/** The hosts a client is given (spec/clients.md §2), and values quoted for the language around them. */
import type { ServerFacts } from './types.ts';

/** `127.0.0.1:9000`, `[::1]:9000` */
export function address(server: ServerFacts): string {
  return `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`;
}

/** `http://127.0.0.1:9000` */
export function addressUrl(server: ServerFacts): string {
  return `${server.scheme}://${address(server)}`;
}

/** `cos.<region>.<own domain>:<port>` */
export function ownEndpoint(server: ServerFacts): string {
  return `cos.${server.region}.${server.domain}:${server.port}`;
}

/** `<bucket>.cos.<region>.<own domain>:<port>` */
export function ownBucketHost(server: ServerFacts): string {
  return `${server.bucket}.${ownEndpoint(server)}`;
}

/** `service.cos.<own domain>:<port>` */
export function ownServiceHost(server: ServerFacts): string {
  return `service.cos.${server.domain}:${server.port}`;
}

export function tencentEndpoint(server: ServerFacts): string {
  return `cos.${server.region}.myqcloud.com`;
}

export function tencentBucketHost(server: ServerFacts): string {
  return `${server.bucket}.${tencentEndpoint(server)}`;
}

/** For JavaScript, Python and PHP. */
export function single(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** For Go, Java, C, C#, HCL, YAML and JSON. */
export function double(text: string): string {
  return JSON.stringify(text);
}

/** A word of a POSIX shell. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function xml(text: string): string {
  return text.replace(/[&<>]/g, (mark) => (mark === '&' ? '&amp;' : mark === '<' ? '&lt;' : '&gt;'));
}

/** The line that makes programs trust the server's own certificate authority; '' where that is not needed. */
export function trust(server: ServerFacts, variable: string): string {
  return server.scheme === 'https' && server.caFile !== undefined ? `export ${variable}=${shell(server.caFile)}` : '';
}
