/** After a restart: every object of the unversioned bucket, and its listing. */
import { crc64, formatCrc64 } from '../../src/platform/hash/crc64.ts';
import { type Answer, type CosClient, texts } from './client.ts';
import { type Content, holds, lengthOf, sameContent } from './content.ts';
import type { Register } from './register.ts';
import { PLAIN, type World } from './world.ts';

/** Requests at once. */
const AT_ONCE = 8;
const PAGE = 1_000;

/** Runs `work` over all items, a few at a time. */
export async function each<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const runner = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
}

/** What an answer to GET says there is; undefined: nothing. Reports checksums that are not those of the bytes. */
export function bodyOf(world: World, what: string, { status, headers, body }: Answer): Buffer | undefined | 'bad' {
  if (status === 404) return undefined;
  if (status !== 200) {
    world.report('unexpected', `GET ${what}: ${status} ${texts(body, 'Code').join()}`);
    return 'bad';
  }
  const announced = headers['x-cos-hash-crc64ecma'];
  if (announced === formatCrc64(crc64(body))) return body;
  world.report('torn', `${what}: its CRC-64 ${announced} is not that of its ${body.length} bytes`);
  return 'bad';
}

export async function verifyPlain(world: World, client: CosClient): Promise<void> {
  await each(world.registers, ([key, register]) => verifyObject(world, client, key, register));
  await verifyListing(world, client);
}

async function verifyObject(world: World, client: CosClient, key: string, register: Register): Promise<void> {
  const body = bodyOf(world, key, await client.ask({ method: 'GET', bucket: PLAIN, key }));
  if (body === 'bad') return;
  const allowed = register.allowed();
  const found = allowed.find((content) => holds(body, content));
  if (found === undefined && !(body === undefined && allowed.includes(undefined))) {
    const old = register.past().find((content) => holds(body, content));
    const text = `${key} has ${describe(body)} instead of ${allowed.map(describeContent).join(' or ')}`;
    world.report(body === undefined || old !== undefined ? 'lost' : 'torn', text);
    register.settle(old);
    return;
  }
  if (allowed.length > 1) {
    // The last of them is what was under way.
    if (sameContent(found, allowed.at(-1))) world.counts.found += 1;
    else world.counts.vanished += 1;
  }
  register.settle(found);
}

async function verifyListing(world: World, client: CosClient): Promise<void> {
  const listed = new Map<string, number>();
  for (let marker = ''; ; ) {
    const params = { marker, 'max-keys': String(PAGE) };
    const { status, body } = await client.ask({ method: 'GET', bucket: PLAIN, params });
    if (status !== 200) {
      world.report('unexpected', `list: ${status}`);
      return;
    }
    const keys = texts(body, 'Key');
    const sizes = texts(body, 'Size');
    for (const [at, key] of keys.entries()) listed.set(key, Number(sizes[at]));
    if (texts(body, 'IsTruncated')[0] !== 'true') break;
    marker = keys.at(-1)!;
  }
  for (const [key, register] of world.registers) {
    const content = register.settled;
    const size = listed.get(key);
    listed.delete(key);
    if (size !== (content === undefined ? undefined : lengthOf(content))) {
      world.report('lost', `${key} is listed with ${size} bytes, and is ${describeContent(content)}`);
    }
  }
  for (const key of listed.keys()) world.report('torn', `${key} is listed and was never written`);
}

export function describe(body: Buffer | undefined): string {
  return body === undefined ? 'no object' : `${body.length} bytes (${body.toString('hex', 0, 12)}…)`;
}

export function describeContent(content: Content): string {
  if (content === undefined) return 'no object';
  return `${lengthOf(content)} bytes (pieces ${content.map(({ id }) => id).join()})`;
}
