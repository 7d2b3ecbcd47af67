/** Whose a domain is, by what its owner wrote into the DNS. Source: spec/buckets.md §17. */
import { createHash } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import type { DomainPorts } from './ports.ts';
import type { DomainProof } from './rules.ts';

type Claimant = Pick<BucketRecord, 'id' | 'name'>;
type Ports = Pick<DomainPorts, 'dns' | 'bucketOfHost'>;

/** What the owner of a domain publishes as a TXT record to say that it is for this bucket; fixed for its life. */
export function txtVerification({ id, name }: Claimant): string {
  const digest = createHash('sha256').update(id).update(name).digest('hex');
  return `tencent-cloud-cos-verification=${digest.slice(0, 32)}`;
}

/** @param name lower case @throws CosError DNSRecordVerifyFailed */
export async function requireProof(ports: Ports, bucket: Claimant, name: string, proof: DomainProof): Promise<void> {
  const shown = proof === 'TXT' ? hasTxt(ports, bucket, name) : hasCname(ports, bucket, name);
  if (!(await shown)) {
    throw new CosError('DNSRecordVerifyFailed', { message: `There is no ${proof} record for this bucket at ${name}.` });
  }
}

/**
 * Any of the proofs.
 * @throws CosError RecordAlreadyExist for a name that leads elsewhere, DNSRecordVerifyFailed for one that leads nowhere
 */
export async function requireAnyProof(ports: Ports, bucket: Claimant, name: string): Promise<void> {
  const [hosts, shown] = await Promise.all([ports.dns.cname(name), hasTxt(ports, bucket, name)]);
  if (shown || hosts.some((host) => ports.bucketOfHost(host) === bucket.name)) return;
  throw new CosError(hosts.length > 0 ? 'RecordAlreadyExist' : 'DNSRecordVerifyFailed');
}

async function hasCname({ dns, bucketOfHost }: Ports, bucket: Claimant, name: string): Promise<boolean> {
  return (await dns.cname(name)).some((host) => bucketOfHost(host) === bucket.name);
}

async function hasTxt({ dns }: Ports, bucket: Claimant, name: string): Promise<boolean> {
  return (await dns.txt(name)).includes(txtVerification(bucket));
}
