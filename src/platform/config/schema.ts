/**
 * Every setting of the server, once: the flags of `cosette serve`, the `COSETTE_*` variables, the configuration file and
 * docs/configuration.md all come from here. Sizes are bytes, durations milliseconds, after reading.
 */
import { z } from 'zod';
import { callbacks } from './callbacks-section.ts';
import { compat } from './compat-section.ts';
import { domains } from './domains-section.ts';
import { faults } from './faults-section.ts';
import { admin, audit, explain, signatures } from './guard-sections.ts';
import { lifecycle } from './lifecycle-section.ts';
import { moves } from './moves-section.ts';
import { origin } from './origin-section.ts';
import { COS_REGIONS } from './regions.ts';
import { replication } from './replication-section.ts';
import { setting } from './setting-meta.ts';
import { choice, count, decimal, duration, list, size, text, toggle } from './values.ts';

const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const DOMAIN = /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const REGION = /^(?!accelerate$)[a-z][a-z0-9-]{0,30}[a-z0-9]$/;
const PATH = /^[^\0]{1,4096}$/;
const BLOCKED = /^(?:\d{5,15}|[a-z0-9][a-z0-9-]{0,80}-\d{5,15}(?:\/[^\0]{1,850})?)$/;

const account = z.strictObject({
  secretId: setting(text(/^[A-Za-z0-9]{4,128}$/, '4 to 128 letters and digits').optional(), {
    description: 'SecretId of the first account. Without it a pair is made and stored in the data folder.',
    placeholder: 'id',
    secret: true,
    short: true,
  }),
  secretKey: setting(text(/^[\x21-\x7e]{8,256}$/, '8 to 256 visible ASCII characters').optional(), {
    description: 'SecretKey that belongs to the SecretId; give both or neither.',
    placeholder: 'key',
    secret: true,
    short: true,
  }),
  appid: setting(text(/^\d{5,15}$/, '5 to 15 digits').optional(), {
    description: 'APPID of the first account, the suffix of its bucket names. Default: 1250000000.',
    placeholder: 'digits',
    short: true,
  }),
  uin: setting(text(/^\d{5,15}$/, '5 to 15 digits').optional(), {
    description: 'UIN of the first account, its id in owners and grants. Default: 100000000001.',
    placeholder: 'digits',
    short: true,
  }),
});

const errors = z.strictObject({
  profile: setting(choice(['seed', 'current']).default('seed'), {
    description:
      'Which table decides status and code where the sources differ: the page the project started from, or the service as it is now.',
    placeholder: 'name',
  }),
  literalSeedCodes: setting(toggle().default(false), {
    description: 'Spell codes on the wire exactly as the seed page does (`InternalErrror`). SDKs do not expect it.',
    placeholder: 'bool',
  }),
});

const limits = z.strictObject({
  bucketsPerAccount: setting(count(1, 100_000).default(200), {
    description: 'Buckets one account may own. More: `TooManyBuckets`.',
    placeholder: 'n',
  }),
  singleUploadBytes: setting(size(1, 5 * GIB).default(5 * GIB), {
    description: 'One PUT, POST, part or appended piece, and the source of one copy. More: `EntityTooLarge`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  appendObjectBytes: setting(size(1, 5 * GIB).default(5 * GIB), {
    description: 'An appendable object as a whole. More: `EntityTooLarge`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  multipartObjectBytes: setting(size(1, 50_000 * GIB).default(50_000 * GIB), {
    description: 'An object put together from parts. More: `EntityTooLarge`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  minPartBytes: setting(size(1, 5 * GIB).default(MIB), {
    description: 'The smallest part besides the last, judged at Complete. Less: `EntityTooSmall`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  keyBytes: setting(size(1, 850).default(850), {
    description: 'An object key in UTF-8. More: `KeyTooLong`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  userMetaBytes: setting(size(0, 2 * KIB).default(2 * KIB), {
    description: 'All `x-cos-meta-*` names and values of an object together. More: `KeyTooLong`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  xmlBytes: setting(size(KIB, 8 * MIB).default(8 * MIB), {
    description:
      'A request body in XML; operations with a smaller limit of their own keep theirs. More: `XMLSizeLimit`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  aclEntries: setting(count(1, 100_000).default(1_000), {
    description:
      'ACLs of their own that the objects of one account may have together; those that follow the bucket do not count. More: `PolicyFull`.',
    placeholder: 'n',
  }),
  grantAttachments: setting(count(0, 100_000).default(0), {
    description: 'Grants to one identity in all ACLs of an account; 0 for any number. More: `AttachmentFull`.',
    placeholder: 'n',
  }),
  requestsPerSecond: setting(count(0, 10_000_000).default(0), {
    description: 'Requests one account may make a second; 0 for any number. More: `SlowDown`.',
    placeholder: 'n',
  }),
  keyWritesPerSecond: setting(count(0, 1_000_000).default(0), {
    description: 'Writes of one object a second, appends not counted; 0 for any number. More: `UploadConflict`.',
    placeholder: 'n',
  }),
  slowAnswerMs: setting(duration(10, 3_600_000).default(5_000), {
    description:
      'From so long on a copy or a Complete that still runs sends blanks, one each so often, so that the client goes on waiting.',
    placeholder: 'time',
    unit: 'ms',
  }),
  concurrentSelects: setting(count(1, 10_000).default(16), {
    description: 'SELECTs that run at once. A further one: `Busy`.',
    placeholder: 'n',
  }),
  restoresPerSecond: setting(count(1, 1_000_000).default(100), {
    description: 'Restores of archived objects that one account may start a second. More: `SlowDown`.',
    placeholder: 'n',
  }),
  kmsRequestsPerSecond: setting(count(1, 1_000_000).default(10_000), {
    description: 'Calls a second for keys of SSE-KMS. More: `KmsFreqControl`.',
    placeholder: 'n',
  }),
  headerBytes: setting(size(4 * KIB, 256 * KIB).default(64 * KIB), {
    description: 'Request line and headers of one request. More: `MaxMessageLengthExceeded`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
  connections: setting(count(1, 1_000_000).default(10_000), {
    description: 'Open client connections. A further one is closed at once.',
    placeholder: 'n',
  }),
  bodyStallMs: setting(duration(100, 3_600_000).default(30_000), {
    description: 'Silence of a client in the middle of its request body. Longer: `RequestTimeOut`.',
    placeholder: 'time',
    unit: 'ms',
  }),
  uploadMs: setting(duration(0, 86_400_000).default(0), {
    description:
      'Time for one request body as a whole, judged when it has ended; 0 for any time. Longer: `UserNetworkTooSlow`. The service itself gives about 200 s.',
    placeholder: 'time',
    unit: 'ms',
  }),
  headStallMs: setting(duration(100, 3_600_000).default(30_000), {
    description:
      'From the first byte of a request to the end of its headers, and for a TLS handshake. Longer: the connection is closed.',
    placeholder: 'time',
    unit: 'ms',
  }),
  keepAliveMs: setting(duration(1_000, 3_600_000).default(125_000), {
    description: 'Idle time after which a kept connection is closed. SDKs count on 120 s and more.',
    placeholder: 'time',
    unit: 'ms',
  }),
});

const log = z.strictObject({
  level: setting(choice(['silent', 'error', 'warn', 'info', 'debug']).default('info'), {
    description: 'The least important lines that are written. Access lines are `info`.',
    placeholder: 'name',
  }),
  format: setting(choice(['auto', 'json', 'text']).default('auto'), {
    description: 'One JSON object a line, or text for people. `auto`: text on a terminal, JSON elsewhere.',
    placeholder: 'name',
  }),
  file: setting(text(PATH, 'a file name, or - for standard error').default('-'), {
    description: 'Where the log goes: a file (appended to), or `-` for standard error.',
    placeholder: 'file',
  }),
  access: setting(toggle().default(true), {
    description: 'Write one line for each request.',
    placeholder: 'bool',
  }),
  accessFile: setting(text(PATH, 'a file name').optional(), {
    description: 'A file of its own for access lines. Default: they go where the log goes.',
    placeholder: 'file',
  }),
});

const tls = z.strictObject({
  port: setting(count(0, 65_535).optional(), {
    description: 'TCP port for HTTPS, besides the plain one; 0 takes a free one. Default: none.',
    placeholder: 'n',
  }),
  cert: setting(text(PATH, 'a file name').optional(), {
    description:
      'Certificate in PEM with its intermediates, for all names. Default: certificates of a local authority, which `cosette trust` tells about.',
    placeholder: 'file',
  }),
  key: setting(text(PATH, 'a file name').optional(), {
    description: 'The key of the certificate, in PEM; give both or neither.',
    placeholder: 'file',
  }),
});

export const SECTIONS = {
  account,
  admin,
  audit,
  callbacks,
  compat,
  domains,
  errors,
  explain,
  faults,
  lifecycle,
  limits,
  log,
  moves,
  origin,
  replication,
  signatures,
  tls,
} as const;

export const configSchema = z
  .strictObject({
    data: setting(text(PATH, 'a folder name').default('./cosette-data'), {
      description: 'Folder that holds everything the server keeps. Made when it is missing.',
      placeholder: 'dir',
    }),
    host: setting(
      list(/^[A-Za-z0-9.:%_-]{1,255}$/, 'an IP address or host name', 16, 1).default(['127.0.0.1', '::1']),
      {
        description: 'Addresses to listen on, comma-separated. `0.0.0.0,::` opens the server to the network.',
        placeholder: 'address',
      },
    ),
    port: setting(count(0, 65_535).default(9000), {
      description: 'TCP port; 0 takes a free one.',
      placeholder: 'n',
    }),
    baseDomains: setting(
      list(DOMAIN, 'a lower-case domain', 64, 1).default(['myqcloud.com', 'tencentcos.cn', 'localhost']),
      {
        description:
          'Domains under which `<bucket>.cos.<region>.<domain>`, `<bucket>.s3.<region>.<domain>` and their like are buckets of this server. `amazonaws.com` takes the names of AWS.',
        placeholder: 'domain',
      },
    ),
    bareHosts: setting(list(DOMAIN, 'a lower-case host name', 64).default([]), {
      description: 'Host names that mean the server itself, as its IP addresses and the base domains do.',
      placeholder: 'name',
    }),
    regions: setting(list(REGION, 'a lower-case region name other than accelerate', 256, 1).default(COS_REGIONS), {
      description:
        'Regions of this deployment, by any names, those of AWS too. A host with another one is `InvalidRegionName`.',
      placeholder: 'name',
    }),
    region: setting(text(REGION, 'a lower-case region name').default('ap-guangzhou'), {
      description: 'Region where a request names none; one of the regions.',
      placeholder: 'name',
    }),
    pathStyle: setting(choice(['accept', 'refuse']).default('accept'), {
      description:
        'Buckets in the path, `/<bucket>/<key>`. `refuse` is what COS does with buckets made since 2024: `PathStyleDomainForbidden`.',
      placeholder: 'name',
    }),
    bareBucketNames: setting(toggle().default(false), {
      description:
        "Complete bucket names that have no APPID with the signer's: for tools that invent names. Otherwise `MissingAppid`.",
      placeholder: 'bool',
    }),
    multiAzRegions: setting(
      list(REGION, 'a lower-case region name', 256).default([
        'ap-beijing',
        'ap-guangzhou',
        'ap-shanghai',
        'ap-singapore',
      ]),
      {
        description: 'Regions that offer multi-AZ buckets. Elsewhere: `MultiAZFeatureNotSupport`.',
        placeholder: 'name',
      },
    ),
    closedStorageClasses: setting(list(/^[A-Z_]{1,40}$/, 'a storage class in capitals', 16).default([]), {
      description: 'Storage classes that are switched off. A write into one is `InvalidObjectStorage`.',
      placeholder: 'class',
    }),
    maintenance: setting(toggle().default(false), {
      description: 'Answer every request with `ServiceUnavailable`; `/_cosette/` answers as always.',
      placeholder: 'bool',
    }),
    blocked: setting(list(BLOCKED, 'an APPID, a bucket, <bucket>/<key> or <bucket>/<prefix>*', 10_000).default([]), {
      description:
        'What is `UnavailableForLegalReasons`: everything of an APPID; reads and copies of a bucket `name-appid`, of a key `name-appid/key`, of all keys from a prefix on `name-appid/prefix*`.',
      placeholder: 'entry',
    }),
    restoreTimeScale: setting(decimal(0.000001, 1).default(1), {
      description:
        'Factor on the times of restores and of restored copies; 1 is what COS takes (hours), 0.001 turns 3 hours into 11 seconds.',
      placeholder: 'factor',
    }),
    durability: setting(choice(['full', 'relaxed']).default('full'), {
      description:
        '`full`: an acknowledged write is synced to disk. `relaxed`: the operating system decides when; a power loss may take acknowledged writes.',
      placeholder: 'name',
    }),
    testClock: setting(toggle().default(false), {
      description:
        'Let `cosette clock` move the time that the server goes by, for tests of what expires. Anybody with the key of the first account can then bring expired signatures back: not for production.',
      placeholder: 'bool',
    }),
    graceMs: setting(duration(0, 86_400_000).default(60_000), {
      description: 'How long the bytes of a deleted or replaced version stay, for downloads that are under way.',
      placeholder: 'time',
      unit: 'ms',
    }),
    drainMs: setting(duration(0, 3_600_000).default(30_000), {
      description: 'How long running requests may take to finish after SIGTERM.',
      placeholder: 'time',
      unit: 'ms',
    }),
    account: account.prefault({}),
    admin: admin.prefault({}),
    audit: audit.prefault({}),
    callbacks: callbacks.prefault({}),
    compat: compat.prefault({}),
    domains: domains.prefault({}),
    errors: errors.prefault({}),
    explain: explain.prefault({}),
    faults: faults.prefault({}),
    lifecycle: lifecycle.prefault({}),
    limits: limits.prefault({}),
    log: log.prefault({}),
    moves: moves.prefault({}),
    origin: origin.prefault({}),
    replication: replication.prefault({}),
    signatures: signatures.prefault({}),
    tls: tls.prefault({}),
  })
  .superRefine((config, context) => {
    if (!config.regions.includes(config.region)) {
      context.addIssue({
        code: 'custom',
        path: ['region'],
        message: `must be one of the regions: ${config.regions.join(', ')}`,
      });
    }
    if (config.callbacks.enabled && config.callbacks.hosts.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['callbacks', 'hosts'],
        message: 'must name the hosts that may be called, since callbacks are enabled',
      });
    }
    const { cert, key, port } = config.tls;
    if ((cert === undefined) !== (key === undefined)) {
      const missing = cert === undefined ? 'cert' : 'key';
      context.addIssue({ code: 'custom', path: ['tls', missing], message: 'must be given: a certificate has a key' });
    }
    if (port !== undefined && port !== 0 && port === config.port) {
      context.addIssue({
        code: 'custom',
        path: ['tls', 'port'],
        message: 'must be another one than that of plain HTTP',
      });
    }
    const { secretId, secretKey } = config.account;
    if ((secretId === undefined) !== (secretKey === undefined)) {
      const missing = secretId === undefined ? 'secretId' : 'secretKey';
      context.addIssue({
        code: 'custom',
        path: ['account', missing],
        message: 'must be given: the pair has two halves',
      });
    }
  });

/** The effective configuration. */
export type ServerConfig = z.infer<typeof configSchema>;
