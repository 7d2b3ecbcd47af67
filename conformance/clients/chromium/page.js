/** The cases, in a page: `runCase` is called by the driver. `COS` is the SDK for browsers. */
const MIB = 1048576;

function sdkOf({ secretId, secretKey, scheme }) {
  return new COS({ SecretId: secretId, SecretKey: secretKey, Protocol: `${scheme}:` });
}

const urlOf = ({ bucket, region, scheme }, key) => `${scheme}://${bucket}.cos.${region}.myqcloud.com/${key}`;

const cases = {
  async 'cors-put-get'(cos, on) {
    const { statusCode } = await cos.putObject({ ...on, Body: '123456789' });
    return { status: statusCode, body: (await cos.getObject(on)).Body };
  },
  async 'cors-exposed-headers'(cos, on, settings) {
    await cos.putObject({ ...on, Body: '123456789' });
    const answer = await fetch(cos.getObjectUrl({ ...on, Sign: true }, () => {}) ?? urlOf(settings, on.Key));
    return {
      etag: answer.headers.get('etag'),
      requestId: answer.headers.get('x-cos-request-id') !== null,
      hidden: answer.headers.get('x-cos-hash-crc64ecma'),
    };
  },
  async 'cors-no-rule'(_cos, on, settings) {
    const refused = await fetch(urlOf(settings, on.Key)).then(
      () => false,
      () => true,
    );
    return { refused };
  },
  async 'cors-error-code'(cos, on) {
    const error = await cos.getObject(on).then(
      () => ({}),
      (error) => error,
    );
    return { status: error.statusCode ?? null, code: error.code ?? null };
  },
  async 'cors-upload-progress'(cos, on) {
    const parts = ['a', 'b', 'c'].map((letter) => letter.repeat(MIB));
    let progress = 0;
    const { ETag } = await cos.uploadFile({
      ...on,
      Body: new File([...parts, '123456789'], 'file'),
      SliceSize: 1,
      ChunkSize: MIB,
      onProgress: ({ percent }) => {
        progress = Math.max(progress, percent);
      },
    });
    const { headers } = await cos.headObject(on);
    return { length: Number(headers['content-length']), etagSuffix: ETag.replaceAll('"', '').slice(-2), progress };
  },
  async 'cors-post-form'(cos, on, settings) {
    const form = new FormData();
    for (const [name, value] of Object.entries(await policyFields(on.Key, settings))) form.append(name, value);
    form.append('file', new Blob(['123456789']));
    const { status } = await fetch(urlOf(settings, ''), { method: 'POST', body: form });
    return { status, body: (await cos.getObject(on)).Body };
  },
};

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function hmac(key, text) {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const imported = await crypto.subtle.importKey('raw', encoder.encode(key), algorithm, false, ['sign']);
  return hex(await crypto.subtle.sign('HMAC', imported, encoder.encode(text)));
}

/** Fields of a form that may write this key in the next ten minutes. */
async function policyFields(key, { secretId, secretKey }) {
  const now = Math.floor(Date.now() / 1000);
  const time = `${now};${now + 600}`;
  const policy = JSON.stringify({
    expiration: new Date((now + 600) * 1000).toISOString(),
    conditions: [{ 'q-sign-algorithm': 'sha1' }, { 'q-ak': secretId }, { 'q-sign-time': time }],
  });
  const digest = hex(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(policy)));
  return {
    key,
    policy: btoa(policy),
    'q-sign-algorithm': 'sha1',
    'q-ak': secretId,
    'q-key-time': time,
    'q-signature': await hmac(await hmac(secretKey, time), digest),
  };
}

globalThis.runCase = (id, settings) => {
  const on = { Bucket: settings.bucket, Region: settings.region, Key: id };
  return cases[id](sdkOf(settings), on, settings);
};
