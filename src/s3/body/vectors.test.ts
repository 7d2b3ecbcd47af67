/** The examples of chunked uploads that AWS publishes, with their signatures. */
import { expect, it } from 'vitest';
import { addressFor, bodyFrom, check, type Headers, PUBLISHED, PUBLISHED_STAMP, wireOf } from '../signature/fixture.ts';
import { bodyOf } from './body-of.ts';

const SIZES = [65_536, 1_024, 0];

function example(payload: string, more: Headers, signed: string, signature: string, body: Buffer) {
  const scope = `${PUBLISHED.secretId}/20130524/us-east-1/s3/aws4_request`;
  const headers: Headers = [
    ['x-amz-date', PUBLISHED_STAMP],
    ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    ['Authorization', `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signed},Signature=${signature}`],
    ['x-amz-content-sha256', payload],
    ['Content-Encoding', 'aws-chunked'],
    ['x-amz-decoded-content-length', '66560'],
    ...more,
  ];
  const target = '/examplebucket/chunkObject.txt';
  const wire = wireOf({ method: 'PUT', target, host: 's3.amazonaws.com', headers, body: bodyFrom([body]) });
  const { payload: framing } = check(wire, { address: addressFor(wire, 'examplebucket', 'path') });
  return bodyOf(wire, framing);
}

const chunksOf = (signatures: readonly string[]): Buffer =>
  Buffer.concat(
    SIZES.map((size, i) =>
      Buffer.from(
        `${size.toString(16)};chunk-signature=${signatures[i]}\r\n${'a'.repeat(size)}${size > 0 ? '\r\n' : ''}`,
      ),
    ),
  );

it('66,560 bytes in signed chunks', async () => {
  const sent = Buffer.concat([
    chunksOf([
      'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
      '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
      'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
    ]),
    Buffer.from('\r\n'),
  ]);
  expect(sent.length).toBe(66_824);
  const open = (body: Buffer) =>
    example(
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      [['Content-Length', '66824']],
      'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
      '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      body,
    );
  const body = open(sent);
  expect(body.length).toBe(66_560);
  expect((await body.readAll(100_000)).equals(Buffer.alloc(66_560, 'a'))).toBe(true);
  const changed = Buffer.from(sent);
  changed[30_000] = 98;
  await expect(open(changed).readAll(100_000)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
});

it('66,560 bytes in signed chunks with a signed trailer', async () => {
  const lines = 'x-amz-checksum-crc32c:sOO8/Q==\r\n';
  const signature = 'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n';
  const open = (trailer: string) =>
    example(
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      [['x-amz-trailer', 'x-amz-checksum-crc32c']],
      'content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
      '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
      Buffer.concat([
        chunksOf([
          'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
          '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
          '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
        ]),
        Buffer.from(`${trailer}\r\n`),
      ]),
    );
  const body = open(lines + signature);
  expect((await body.readAll(100_000)).length).toBe(66_560);
  expect(body.trailer('x-amz-checksum-crc32c')).toBe('sOO8/Q==');
  const spread = open(`x-amz-checksum-crc32c:sOO8/Q==\n\r\n${signature}`);
  await spread.readAll(100_000);
  expect(spread.trailer('x-amz-checksum-crc32c')).toBe('sOO8/Q==');
  await expect(open(lines.replace('sOO', 'aOO') + signature).readAll(100_000)).rejects.toMatchObject({
    code: 'SignatureDoesNotMatch',
  });
  await expect(open(lines).readAll(100_000)).rejects.toMatchObject({ code: 'IncompleteBody' });
});
