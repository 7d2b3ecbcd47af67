/** A page that uploads the chosen file, shows how far it is, and reads it back. `upload` is called by the driver. */
const element = (id) => document.getElementById(id);

function state(text) {
  element('state').textContent = text;
}

function show(name, value) {
  const row = element('facts').insertRow();
  row.appendChild(document.createElement('th')).textContent = name;
  row.insertCell().textContent = value;
}

const mib = (bytes) => `${(bytes / 1048576).toFixed(1)} MiB`;

/** Largest part of the file that was reported, 0 to 1, and how many reports there were. */
const progress = { percent: 0, reports: 0 };

function report({ loaded, total, speed, percent }) {
  progress.percent = Math.max(progress.percent, percent);
  progress.reports += 1;
  element('bar').value = percent;
  state(`Uploading: ${Math.round(percent * 100)} %, ${mib(loaded)} of ${mib(total)}, ${mib(speed)}/s`);
}

/** Schemes of the requests that went to a host. */
function schemesOf(host) {
  const urls = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  return [...new Set(urls.filter((url) => url.host.startsWith(host)).map(({ protocol }) => protocol))];
}

async function upload({ bucket, region, key, secretId, secretKey }) {
  // The SDK takes the scheme of the page, which is http here.
  const cos = new COS({ SecretId: secretId, SecretKey: secretKey, Protocol: 'https:' });
  const on = { Bucket: bucket, Region: region, Key: key };
  const [file] = element('file').files;
  show('file', `${file.name}, ${file.size} bytes`);
  const { ETag, Location } = await cos.uploadFile({ ...on, Body: file, onProgress: report });
  show('stored at', Location);
  show('ETag', ETag);
  state('Uploaded. Reading it back …');
  const { Body, headers } = await cos.getObject({ ...on, DataType: 'arraybuffer' });
  state('Comparing …');
  const [sent, back] = [new Uint8Array(await file.arrayBuffer()), new Uint8Array(Body)];
  const facts = {
    sha256: await sha256(sent),
    shaBack: await sha256(back),
    crc64: crc64(sent),
    crcOfService: headers['x-cos-hash-crc64ecma'],
  };
  show('SHA-256 of the file', facts.sha256);
  show('SHA-256 read back', facts.shaBack);
  show('CRC-64 of the file', facts.crc64);
  show('CRC-64 of the service', facts.crcOfService);
  const same = facts.sha256 === facts.shaBack && facts.crc64 === facts.crcOfService;
  state(
    `${same ? 'The same' : 'NOT THE SAME'}: ${back.length} bytes read back, ${progress.reports} reports of progress.`,
  );
  return { ...facts, schemes: schemesOf(`${bucket}.cos.${region}.`), length: back.length, etag: ETag, ...progress };
}

Object.assign(globalThis, { upload, progress });
