/** How lifecycle rules are shown. Source: spec/buckets.md §12. */
import type {
  Condition,
  LifecycleAction,
  LifecycleConfiguration,
  LifecycleRule,
  When,
} from '../features/lifecycle/rules.ts';
import type { WireReply } from '../http/types.ts';
import { xmlElement, xmlOptional, xmlWrap } from '../http/xml-writer.ts';
import { xmlReply } from './codec.ts';

/** A storage class in the words of the protocol. */
type ClassOut = (storageClass: string) => string;

export function lifecycleReply({ rules }: LifecycleConfiguration, classOut: ClassOut = (word) => word): WireReply {
  return xmlReply(xmlWrap('LifecycleConfiguration', rules.map((rule) => ruleElement(rule, classOut)).join('')));
}

function ruleElement({ id, filter, enabled, actions }: LifecycleRule, classOut: ClassOut): string {
  const conditions = filter.conditions.map(conditionElement).join('');
  return xmlWrap(
    'Rule',
    xmlElement('ID', id) +
      (filter.bare === true ? conditions : xmlWrap('Filter', filter.and ? xmlWrap('And', conditions) : conditions)) +
      xmlElement('Status', enabled ? 'Enabled' : 'Disabled') +
      actions.map((action) => actionElement(action, classOut)).join(''),
  );
}

function conditionElement(condition: Condition): string {
  switch (condition.kind) {
    case 'prefix':
      return xmlElement('Prefix', condition.prefix);
    case 'prefix-not':
      return xmlElement('PrefixNotEquals', condition.prefix);
    case 'tag':
      return xmlWrap('Tag', xmlElement('Key', condition.key) + xmlElement('Value', condition.value));
    case 'larger':
      return xmlElement('ObjectSizeGreaterThan', condition.bytes);
    case 'smaller':
      return xmlElement('ObjectSizeLessThan', condition.bytes);
  }
}

const whenElement = (when: When): string =>
  'days' in when ? xmlElement('Days', when.days) : xmlElement('Date', when.date);

const noncurrentElement = ({ daysName, days, newer }: Extract<LifecycleAction, { daysName: unknown }>): string =>
  xmlElement(daysName, days) + xmlOptional('NewerNoncurrentVersions', newer);

function actionElement(action: LifecycleAction, classOut: ClassOut): string {
  switch (action.kind) {
    case 'transition':
      return xmlWrap(
        'Transition',
        whenElement(action.when) + xmlElement('StorageClass', classOut(action.storageClass)),
      );
    case 'expiration':
      return xmlWrap('Expiration', whenElement(action.when));
    case 'expired-marker':
      return xmlWrap('Expiration', xmlElement('ExpiredObjectDeleteMarker', action.on));
    case 'noncurrent-transition':
      return xmlWrap(
        'NoncurrentVersionTransition',
        noncurrentElement(action) + xmlElement('StorageClass', classOut(action.storageClass)),
      );
    case 'noncurrent-expiration':
      return xmlWrap('NoncurrentVersionExpiration', noncurrentElement(action));
    case 'abort-uploads':
      return xmlWrap('AbortIncompleteMultipartUpload', xmlElement('DaysAfterInitiation', action.days));
  }
}
