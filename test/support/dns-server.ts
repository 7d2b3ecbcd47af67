/** A DNS server on this machine with the records of a test. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface DnsServer {
  /** `address:port` */
  readonly address: string;
  /** By name in lower case; tests change them. */
  readonly cnames: Map<string, string>;
  readonly texts: Map<string, string>;
  close(): void;
}

const CNAME = 5;
const TXT = 16;
const NO_SUCH_NAME = 3;

export async function startDnsServer(): Promise<DnsServer> {
  const cnames = new Map<string, string>();
  const texts = new Map<string, string>();
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, end } = nameAt(query, 12);
    const type = query.readUInt16BE(end);
    const cname = cnames.get(name);
    const text = texts.get(name);
    const found =
      type === CNAME && cname !== undefined
        ? record(CNAME, encodedName(cname))
        : type === TXT && text !== undefined
          ? record(TXT, Buffer.concat([Buffer.of(text.length), Buffer.from(text)]))
          : undefined;
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(
      0x8180 | (found === undefined && cname === undefined && text === undefined ? NO_SUCH_NAME : 0),
      2,
    );
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(found === undefined ? 0 : 1, 6);
    socket.send(Buffer.concat([head, query.subarray(12, end + 4), found ?? Buffer.alloc(0)]), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, cnames, texts, close: () => socket.close() };
}

function nameAt(message: Buffer, from: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = from;
  while (message[at] !== 0) {
    const length = message[at]!;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function encodedName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

/** For the name of the question, which stands at byte 12. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
