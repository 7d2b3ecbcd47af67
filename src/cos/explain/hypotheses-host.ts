/** The client signed another host than the one that arrived. */
import { encode } from '../signature/encode.ts';
import type { Evidence, Guess } from './hypothesis.ts';
import type { Reading } from './reading.ts';

const FORWARDED = ['x-forwarded-host', 'x-original-host', 'x-host', 'forwarded'] as const;
const DOMAINS = ['myqcloud.com', 'tencentcos.cn'] as const;
const PORTS = ['80', '443', '8080', '9000'] as const;

export function* hostGuesses(reading: Reading, evidence: Evidence): Generator<Guess> {
  if (!reading.headers.some(([name]) => name === 'host')) return;
  for (const { host, what, advice } of otherHosts(evidence)) {
    yield { reading: withHost(reading, host), what, advice };
  }
  const { bucket, key } = evidence.view;
  if (bucket === undefined) return;
  // The same object addressed in the other style: host and path differ together.
  const full = `/${bucket}/${key}`;
  const virtual = reading.path === full ? `/${key}` : full;
  for (const host of [evidence.view.host, ...otherHosts(evidence).map((other) => other.host)]) {
    const what = `The client signed the path ${quoted(virtual)} on the host ${host}, and sent ${quoted(reading.path)} to ${evidence.view.host}.`;
    const advice = 'Sign the request in the style in which it is sent: with the bucket in the host or in the path.';
    yield { reading: { ...withHost(reading, host), path: virtual }, what, advice };
  }
}

interface OtherHost {
  readonly host: string;
  readonly what: string;
  readonly advice: string;
}

function otherHosts({ view, defaultRegion }: Evidence): OtherHost[] {
  const { host, bucket } = view;
  const colon = host.lastIndexOf(':');
  const hasPort = colon > host.lastIndexOf(']');
  const name = hasPort ? host.slice(0, colon) : host;
  const found: OtherHost[] = [];
  const add = (other: string, advice: string): void => {
    if (other !== host && !found.some((known) => known.host === other)) {
      found.push({
        host: other,
        what: `The client signed the host ${other}; the request arrived for ${host}.`,
        advice,
      });
    }
  };
  const PROXY = 'Something on the way changed Host: let the proxy pass the header on unchanged.';
  for (const header of FORWARDED) {
    const text = view.header(header);
    if (text === undefined) continue;
    for (const part of text.split(',')) {
      const value = header === 'forwarded' ? /host="?([^";]+)/i.exec(part)?.[1] : part.trim();
      if (value !== undefined) {
        add(value, PROXY);
        add(value.toLowerCase(), PROXY);
      }
    }
  }
  const PORT = 'Sign the host exactly as it is sent: with the port in both, or in neither.';
  add(name, PORT);
  add(name.toLowerCase(), PORT);
  for (const port of PORTS) add(`${name.toLowerCase()}:${port}`, PORT);
  add(host.toUpperCase(), 'Sign the host as it is sent, in lower case.');
  const STYLE = 'Sign the host that the request is sent to.';
  const region = /\.cos\.([a-z0-9-]+)\./i.exec(host)?.[1] ?? defaultRegion;
  for (const domain of DOMAINS) {
    if (bucket !== undefined) {
      add(`${bucket}.cos.${region}.${domain}`, STYLE);
      add(`${bucket}.cos.accelerate.${domain}`, STYLE);
      add(`${bucket}.cos-internal.${region}.${domain}`, STYLE);
    }
    add(`cos.${region}.${domain}`, STYLE);
    add(`service.cos.${domain}`, STYLE);
  }
  for (const local of ['localhost', '127.0.0.1', '[::1]']) {
    add(local, STYLE);
    if (hasPort) add(`${local}${host.slice(colon)}`, STYLE);
  }
  if (bucket !== undefined && name.toLowerCase().startsWith(`${bucket}.`)) {
    add(name.slice(bucket.length + 1), 'Sign the whole host, the bucket in front of it included.');
    add(host.slice(bucket.length + 1), 'Sign the whole host, the bucket in front of it included.');
  }
  return found;
}

export function withHost(reading: Reading, host: string): Reading {
  const headers = reading.headers.map((pair) => (pair[0] === 'host' ? (['host', encode(host)] as const) : pair));
  return { ...reading, headers };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
