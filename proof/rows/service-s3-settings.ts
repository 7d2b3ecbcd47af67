/** Codes of Amazon S3 about settings of buckets. */
import { get, put } from '../asks.ts';
import { AS_NONE, REPAIR } from '../handling.ts';
import { type ProofRow, w } from '../row.ts';
import { s3 } from './service-s3.ts';
import { DAILY, inventory } from './service-settings.ts';

/** A question about a setting that nobody made. */
function none(code: string, query: string, en: string, zh: string): ProofRow {
  return { code, status: 404, condition: w(en, zh), handling: AS_NONE, request: s3(get(`/?${query}`)) };
}

export const SERVICE_S3_SETTINGS: readonly ProofRow[] = [
  {
    code: 'InvalidRetentionPeriod',
    status: 400,
    condition: w('A default retention of no days.', '默认保留期为零天。'),
    handling: REPAIR,
    request: s3(
      put(
        '/?object-lock=',
        '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>' +
          '<Mode>GOVERNANCE</Mode><Days>0</Days></DefaultRetention></Rule></ObjectLockConfiguration>',
      ),
    ),
  },
  {
    code: 'TooManyConfigurations',
    status: 400,
    condition: w('The bucket has 1,000 inventories.', '存储桶已有 1000 个清单任务。'),
    handling: w('Delete inventories that nobody reads.', '删除无人使用的清单任务。'),
    setup: [{ ...put('/?inventory&id=i{n}', inventory('i{n}', DAILY)), times: 1_000 }],
    request: s3(put('/?id=more&inventory=', inventory('more', DAILY))),
    noCurl: w('It takes a thousand requests before.', '事先需要一千个请求。'),
  },
  none(
    'NoSuchConfiguration',
    'analytics=&id=mine',
    'No analysis of that id: there are none here.',
    '没有该 ID 的分析配置（此处不提供分析）。',
  ),
  none(
    'NoSuchPublicAccessBlockConfiguration',
    'publicAccessBlock=',
    'No public access block is set.',
    '没有设置公共访问阻止。',
  ),
  none(
    'OwnershipControlsNotFoundError',
    'ownershipControls=',
    'No ownership controls are set.',
    '没有设置对象所有权。',
  ),
  none('NoSuchBucketPolicy', 'policy=', 'The bucket has no policy.', '存储桶没有策略。'),
  none(
    'ServerSideEncryptionConfigurationNotFoundError',
    'encryption=',
    'No default encryption is set.',
    '没有设置默认加密。',
  ),
  none(
    'ObjectLockConfigurationNotFoundError',
    'object-lock=',
    'The bucket has no object lock.',
    '存储桶没有对象锁定配置。',
  ),
];
