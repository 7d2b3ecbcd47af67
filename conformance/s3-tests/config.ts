/** The configuration file of ceph/s3-tests. */

export interface S3TestAccount {
  readonly uin: string;
  readonly secretId: string;
  readonly secretKey: string;
}

export interface S3TestAccounts {
  readonly main: S3TestAccount;
  readonly alt: S3TestAccount;
  readonly tenant: S3TestAccount;
  readonly iam: S3TestAccount;
  readonly iamAlt: S3TestAccount;
}

function section(name: string, { uin, secretId, secretKey }: S3TestAccount, more: readonly string[] = []): string {
  return [
    `[${name}]`,
    `display_name = ${uin}`,
    `user_id = qcs::cam::uin/${uin}:uin/${uin}`,
    `email = ${uin}@example.com`,
    'api_name =',
    `access_key = ${secretId}`,
    `secret_key = ${secretKey}`,
    ...more,
    '',
  ].join('\n');
}

/** @param kmsKeys ids of two keys @param dayS length of a day of lifecycle rules, s */
export function configFor(
  port: number,
  accounts: S3TestAccounts,
  kmsKeys: readonly (string | undefined)[],
  dayS: number,
): string {
  const { main, alt, tenant, iam, iamAlt } = accounts;
  const kms = kmsKeys.map((id, i) => `kms_keyid${i === 0 ? '' : i + 1} = ${id}`);
  return [
    '[DEFAULT]',
    'host = localhost',
    `port = ${port}`,
    'is_secure = False',
    'ssl_verify = False',
    '',
    '[fixtures]',
    'bucket prefix = cst-{random}-',
    'iam name prefix = s3-tests-',
    'iam path prefix = /s3-tests/',
    '',
    section('s3 main', main, [`lc_debug_interval = ${dayS}`, 'storage_classes = "STANDARD_IA"', ...kms]),
    section('s3 alt', alt),
    section('s3 tenant', tenant, ['tenant = testx']),
    section('iam', iam),
    section('iam root', iam),
    section('iam alt root', iamAlt),
  ].join('\n');
}
