/** Settings about custom domains of buckets: docs/configuration.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { choice, duration, list } from './values.ts';

const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const SERVER =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|\[[0-9a-fA-F:.]{2,45}\](?::\d{1,5})?|[0-9a-fA-F]*:[0-9a-fA-F:.]{1,45})$/;

export const domains = z.strictObject({
  verify: setting(choice(['off', 'others', 'all']).default('others'), {
    description:
      'Whose domains are bound only if the DNS has a CNAME record to the bucket or its TXT record: `all`, `others` (of accounts other than the first) or nobody, `off`: `DNSRecordVerifyFailed`, `RecordAlreadyExist`. Who takes a domain from another bucket has to show that in any case.',
    placeholder: 'name',
  }),
  dnsServers: setting(list(SERVER, 'an IP address with or without port', 8).default([]), {
    description: 'DNS servers that are asked for these records. Default: those of the system.',
    placeholder: 'address',
  }),
  dnsTimeoutMs: setting(duration(50, 60_000).default(5_000), {
    description: 'For one question to a DNS server. No answer counts as no record.',
    placeholder: 'time',
    unit: 'ms',
  }),
  unlicensed: setting(list(NAME, 'a lower-case domain', 10_000).default([]), {
    description: 'Domains that may not be bound or served, with all below them: `DomainAuditFailed`.',
    placeholder: 'domain',
  }),
});
