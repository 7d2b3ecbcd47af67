/** Checksums in a page: SHA-256 by the browser, CRC-64 by a table, since no browser has it. */
const hexOf = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function sha256(bytes) {
  return hexOf(await crypto.subtle.digest('SHA-256', bytes));
}

/** The reflected polynomial of ECMA-182, in halves of 32 bits. */
const POLYNOMIAL = { high: 0xc96c5795, low: 0xd7870f42 };
const HIGH = new Uint32Array(256);
const LOW = new Uint32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd === 1) {
      high ^= POLYNOMIAL.high;
      low ^= POLYNOMIAL.low;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}

/** CRC-64 as the service writes it: unsigned, decimal. */
function crc64(bytes) {
  let high = ~0;
  let low = ~0;
  for (let at = 0; at < bytes.length; at += 1) {
    const index = (low ^ bytes[at]) & 255;
    low = ((low >>> 8) | (high << 24)) ^ LOW[index];
    high = (high >>> 8) ^ HIGH[index];
  }
  return ((BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0)).toString();
}

Object.assign(globalThis, { sha256, crc64 });
