/** Writes DER, the encoding of certificates: as much of ITU-T X.690 as certificate.ts needs. */

/** Type, length and content. @param tag one byte @param content below 16 MiB */
export function tagged(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.of(tag), lengthOf(body.length), body]);
}

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  if (bytes < 0x100) return Buffer.of(0x81, bytes);
  if (bytes < 0x10000) return Buffer.of(0x82, bytes >> 8, bytes & 0xff);
  return Buffer.of(0x83, bytes >> 16, (bytes >> 8) & 0xff, bytes & 0xff);
}

export function sequence(...content: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...content);
}

export function set(...content: readonly Uint8Array[]): Buffer {
  return tagged(0x31, ...content);
}

/** A positive integer. @param bytes big-endian, at least one */
export function integer(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  // A first bit that is set would be read as a minus.
  const sign = bytes[from]! >= 0x80 ? Buffer.of(0) : Buffer.of();
  return tagged(0x02, sign, bytes.subarray(from));
}

export const TRUE = tagged(0x01, Buffer.of(0xff));

export function octets(content: Uint8Array): Buffer {
  return tagged(0x04, content);
}

/** @param unused bits at the end of the last byte that do not count */
export function bits(content: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.of(unused), content);
}

/** @param dotted `1.2.840.10045.4.3.2` */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const out: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left & 0x7f) | 0x80);
    out.push(...digits);
  }
  return tagged(0x06, Buffer.from(out));
}

export function utf8(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** RFC 5280 §4.1.2.5: two digits of the year up to 2049, four from then on. @param ms since 1970, whole seconds count */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '');
  const short = ms >= 0 && digits < '2050';
  return tagged(short ? 0x17 : 0x18, Buffer.from(short ? digits.slice(2) : digits));
}

/** `[n]` around whole values. */
export function explicit(number: number, ...content: readonly Uint8Array[]): Buffer {
  return tagged(0xa0 | number, ...content);
}

/** `[n]` in the place of the type of bytes. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return tagged(0x80 | number, content);
}
