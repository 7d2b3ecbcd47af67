/** What answers say of object lock. Source: spec/objects.md §7, spec/buckets.md §25. */
import type { WireReply } from '../http/types.ts';
import { xmlElement, xmlOptional, xmlWrap } from '../http/xml-writer.ts';
import type { DefaultRetention } from '../model/records/bucket.ts';
import type { ObjectRetention } from '../operations/object-lock.ts';
import { xmlReply } from './codec.ts';

export function lockConfigurationReply({ mode = 'COMPLIANCE', days, years }: DefaultRetention): WireReply {
  const retention = xmlElement('Mode', mode) + xmlOptional('Days', days) + xmlOptional('Years', years);
  const none = days === undefined && years === undefined;
  return xmlReply(
    xmlWrap(
      'ObjectLockConfiguration',
      xmlElement('ObjectLockEnabled', 'Enabled') +
        (none ? '' : xmlWrap('Rule', xmlWrap('DefaultRetention', retention))),
    ),
  );
}

export function retentionReply({ mode, retainUntilMs }: ObjectRetention): WireReply {
  const until = new Date(retainUntilMs).toISOString();
  return xmlReply(xmlWrap('Retention', xmlElement('Mode', mode) + xmlElement('RetainUntilDate', until)));
}
