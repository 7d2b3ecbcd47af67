/**
 * The official Node.js SDK against a running Cosette: uploads a real folder (this project's node_modules) with
 * `uploadFiles` and one large file with `sliceUploadFile`, lists everything with and without a delimiter, downloads
 * everything, and compares SHA-256 of every file. Ends with the number of differences; exit code 1 if there is any.
 *
 *     npm start                        # in one terminal
 *     node examples/node-sdk.mjs       # in another
 *
 * Keys come from COSETTE_SECRET_ID and COSETTE_SECRET_KEY (COSETTE_APPID for an APPID other than the default), else from
 * `credentials.json` in the server's data folder.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const USAGE = `usage: node examples/node-sdk.mjs [options]
  --endpoint HOST:PORT  where the server listens (default 127.0.0.1:9000)
  --form FORM           how the SDK is pointed at it: ip, domain (names under localhost) or proxy (default ip)
  --sdk N               3 (cos-nodejs-sdk-v5 3.x, default) or 2 (2.15.x)
  --source DIR          folder to upload (default node_modules)
  --limit N             at most so many files of it
  --size MIB            size of the large file (default 256)
  --region NAME         default ap-guangzhou
  --data DIR            the server's data folder, for its credentials.json (default cosette-data)
  --keep                leave bucket and objects behind
`;
const MIB = 1024 ** 2;
/** The SDK opens every file of a call at once, so files go in calls of this many. */
const FILES_A_CALL = 200;
const PARALLEL = 8;

const { values: options } = parseArgs({
  options: {
    endpoint: { type: 'string', default: process.env.COSETTE_ENDPOINT ?? '127.0.0.1:9000' },
    form: { type: 'string', default: 'ip' },
    sdk: { type: 'string', default: '3' },
    source: { type: 'string', default: 'node_modules' },
    limit: { type: 'string', default: '1000000' },
    size: { type: 'string', default: '256' },
    region: { type: 'string', default: 'ap-guangzhou' },
    data: { type: 'string', default: 'cosette-data' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

let differences = 0;
/** Counts a difference and shows the first few. */
function differs(what) {
  differences += 1;
  if (differences <= 20) console.log(`  DIFFERENT: ${what}`);
}

/** @returns {{ secretId: string, secretKey: string, appid: string }} */
function readAccount() {
  const { COSETTE_SECRET_ID: secretId, COSETTE_SECRET_KEY: secretKey, COSETTE_APPID: appid } = process.env;
  if (secretId && secretKey) return { secretId, secretKey, appid: appid || '1250000000' };
  const file = join(options.data, 'credentials.json');
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8'));
    if (stored.secretId) return stored;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  throw new Error(`no keys: set COSETTE_SECRET_ID and COSETTE_SECRET_KEY, or name the data folder (${file} has none)`);
}

/** The SDK, pointed at the server in one of the three ways it knows. */
function createClient(account, confDir) {
  const COS = createRequire(import.meta.url)(options.sdk === '2' ? 'cos-nodejs-sdk-v5-2' : 'cos-nodejs-sdk-v5');
  const common = {
    SecretId: account.secretId,
    SecretKey: account.secretKey,
    Protocol: 'http:',
    FileParallelLimit: PARALLEL,
    ChunkParallelLimit: 4,
    // Where it remembers unfinished uploads; not the user's own configuration folder.
    ConfCwd: confDir,
  };
  const [, host, port] = /^(.*):(\d+)$/.exec(options.endpoint) ?? [];
  if (host === undefined) throw new Error(`--endpoint must be HOST:PORT, not ${options.endpoint}`);
  if (options.form === 'ip') return new COS({ ...common, Ip: options.endpoint });
  if (options.form === 'proxy') return new COS({ ...common, Proxy: `http://${options.endpoint}`, Tunnel: false });
  if (options.form !== 'domain') throw new Error(`--form must be ip, domain or proxy, not ${options.form}`);
  const cos = new COS({
    ...common,
    Domain: `{Bucket}.cos.{Region}.localhost:${port}`,
    ServiceDomain: `service.cos.localhost:${port}`,
  });
  // Names under localhost mean this machine, but not every system's resolver knows: look them up here.
  const address = isIP(host) ? host : '127.0.0.1';
  const family = isIP(address);
  cos.on('before-send', (request) => {
    request.lookup = (_name, given, done) =>
      given.all ? done(null, [{ address, family }]) : done(null, address, family);
  });
  return cos;
}

/** Keys and files below a folder; without links, and without what tools keep changing in `.cache` and the like. */
function filesOf(folder, limit) {
  const found = [];
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (found.length >= limit) return;
      const full = join(path, entry.name);
      if (path === folder && entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) visit(full);
      else if (entry.isFile()) found.push(full);
    }
  };
  visit(folder);
  return found.map((path) => ({
    path,
    key: `files/${relative(folder, path).split(sep).join('/')}`,
    size: statSync(path).size,
  }));
}

async function sha256OfFile(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function makeLargeFile(path, bytes) {
  const block = randomBytes(MIB);
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes; done += MIB) {
    block.writeUInt32BE(done / MIB);
    writeSync(file, block, 0, Math.min(MIB, bytes - done));
  }
}

/** One line that is written over on a terminal, and now and then elsewhere. */
function progress(name) {
  let last = 0;
  return (done, total, unit) => {
    const now = performance.now();
    if (done < total && now - last < (process.stdout.isTTY ? 100 : 5_000)) return;
    last = now;
    const text = `  ${name}: ${done} of ${total} ${unit} (${Math.floor((100 * done) / Math.max(1, total))} %)`;
    process.stdout.write(process.stdout.isTTY ? `\r${text}\x1b[K${done < total ? '' : '\n'}` : `${text}\n`);
  };
}

/** Runs a stage and prints what it moved in which time. */
async function stage(name, bytes, count, work) {
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const rate = bytes === 0 ? '' : `, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s`;
  console.log(`${name}: ${count()} in ${seconds.toFixed(1)} s${rate}`);
}

/** Works through a list, `PARALLEL` at a time. */
async function forEach(list, work) {
  let next = 0;
  const worker = async () => {
    while (next < list.length) await work(list[next++]);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Every page of a listing. */
async function listAll(cos, place, params, onPage) {
  for (let marker = ''; ; ) {
    const page = await cos.getBucket({ ...place, ...params, Marker: marker });
    onPage(page);
    if (page.IsTruncated !== 'true') return;
    marker = page.NextMarker || page.Contents.at(-1).Key;
  }
}

/** Compares what a listing found with what was uploaded. @param {Map<string, number>} found key and size */
function compareListing(what, found, files) {
  for (const { key, size } of files)
    if (found.get(key) !== size) differs(`${what}: ${key} is ${found.get(key)}, not ${size}`);
  if (found.size !== files.length) differs(`${what}: ${found.size} keys, not ${files.length}`);
}

async function download(cos, place, file) {
  const hash = createHash('sha256');
  let size = 0;
  const take = (chunk) => {
    hash.update(chunk);
    size += chunk.length;
  };
  if (file.size > 16 * MIB) {
    const output = new Writable({
      write(chunk, _encoding, done) {
        take(chunk);
        done();
      },
    });
    await cos.getObject({ ...place, Key: file.key, Output: output });
  } else {
    take((await cos.getObject({ ...place, Key: file.key })).Body);
  }
  if (size !== file.size) differs(`${file.key}: ${size} bytes, not ${file.size}`);
  else if (hash.digest('hex') !== file.sha256) differs(`${file.key}: other content`);
}

async function upload(cos, place, files) {
  const show = progress('files');
  let done = 0;
  for (let start = 0; start < files.length; start += FILES_A_CALL) {
    const part = files.slice(start, start + FILES_A_CALL);
    const { files: results } = await cos.uploadFiles({
      files: part.map(({ path, key }) => ({ ...place, Key: key, FilePath: path })),
      SliceSize: 8 * MIB,
      onFileFinish: () => show(++done, files.length, 'files'),
    });
    for (const { error, options: file } of results) {
      if (error) throw Object.assign(new Error(`upload of ${file.Key} failed: ${explain(error)}`), { cause: error });
    }
  }
}

async function listByFolder(cos, place) {
  const found = new Map();
  const folders = [''];
  for (let index = 0; index < folders.length; index += 1) {
    await listAll(cos, place, { Prefix: folders[index], Delimiter: '/' }, ({ Contents, CommonPrefixes }) => {
      for (const { Key, Size } of Contents) found.set(Key, Number(Size));
      for (const { Prefix } of CommonPrefixes) folders.push(Prefix);
    });
  }
  return { found, folders: folders.length };
}

async function removeAll(cos, place, files) {
  for (let start = 0; start < files.length; start += 1000) {
    const Objects = files.slice(start, start + 1000).map(({ key }) => ({ Key: key }));
    const { Error: failed = [] } = await cos.deleteMultipleObject({ ...place, Objects, Quiet: true });
    for (const { Key, Code } of failed) differs(`delete of ${Key}: ${Code}`);
  }
  const rest = await cos.getBucket(place);
  if (rest.Contents.length > 0) differs(`${rest.Contents.length} objects are left after deleting all`);
  await cos.deleteBucket(place);
}

function explain(error) {
  const code = error.code ?? error.error?.Code ?? error.error?.code;
  if (code === 'ECONNREFUSED') return `nothing listens on ${options.endpoint}: start the server first (npm start)`;
  return [error.statusCode, code, error.message, error.method, error.url].filter(Boolean).join(' ');
}

async function main() {
  const account = readAccount();
  const work = mkdtempSync(join(tmpdir(), 'cosette-example-'));
  process.once('exit', () => rmSync(work, { recursive: true, force: true }));
  const cos = createClient(account, work);
  const place = { Bucket: `sdk-${Date.now().toString(36)}-${account.appid}`, Region: options.region };
  const source = resolve(options.source);
  console.log(`SDK ${options.sdk}, form ${options.form}, ${options.endpoint}, bucket ${place.Bucket}`);

  await cos.putBucket(place);
  const files = filesOf(source, Number(options.limit));
  await forEach(files, async (file) => {
    file.sha256 = await sha256OfFile(file.path);
  });
  const large = { path: join(work, 'large.bin'), key: 'large.bin', size: Math.round(Number(options.size) * MIB) };
  makeLargeFile(large.path, large.size);
  large.sha256 = await sha256OfFile(large.path);
  const all = [...files, large];
  const bytes = files.reduce((sum, { size }) => sum + size, 0);

  await stage(
    'uploaded (uploadFiles)',
    bytes,
    () => `${files.length} files`,
    () => upload(cos, place, files),
  );
  await stage(
    'uploaded (sliceUploadFile)',
    large.size,
    () => `${options.size} MiB`,
    async () => {
      const show = progress('large file');
      await cos.sliceUploadFile({
        ...place,
        Key: large.key,
        FilePath: large.path,
        ChunkSize: 4 * MIB,
        onProgress: ({ loaded, total }) => show(Math.round(loaded / MIB), Math.round(total / MIB), 'MiB'),
      });
    },
  );
  const flat = new Map();
  await stage(
    'listed without delimiter',
    0,
    () => `${flat.size} keys`,
    () =>
      listAll(cos, place, {}, ({ Contents }) => {
        for (const { Key, Size } of Contents) flat.set(Key, Number(Size));
      }),
  );
  compareListing('list', flat, all);
  let tree = { found: new Map(), folders: 0 };
  await stage(
    'listed with delimiter',
    0,
    () => `${tree.found.size} keys in ${tree.folders} folders`,
    async () => {
      tree = await listByFolder(cos, place);
    },
  );
  compareListing('list by folder', tree.found, all);
  const show = progress('downloads');
  let done = 0;
  await stage(
    'downloaded and compared',
    bytes + large.size,
    () => `${all.length} objects`,
    () =>
      forEach(all, async (file) => {
        await download(cos, place, file);
        show(++done, all.length, 'objects');
      }),
  );
  if (options.keep) console.log(`kept bucket ${place.Bucket}`);
  else
    await stage(
      'deleted',
      0,
      () => `${all.length} objects and the bucket`,
      () => removeAll(cos, place, all),
    );
}

try {
  await main();
} catch (error) {
  differs(explain(error));
}
console.log(`${differences} differences`);
process.exit(differences === 0 ? 0 : 1);
