/** `buckets/<bucket>/notifications`: who is told of changes in a bucket. By the operator alone: the server calls them. */
import { randomBytes } from 'node:crypto';
import type { RuleReport } from '../../features/notifications/desk.ts';
import { listRules, putRule, removeRule } from '../../features/notifications/manage.ts';
import type { NotificationRule } from '../../features/notifications/rules.ts';
import type { Services } from '../../model/services.ts';
import { AdminError } from './reply.ts';
import type { Route } from './route.ts';

export function notificationRoutes(services: Services): Route[] {
  return [
    {
      ...{ method: 'GET', path: 'buckets/:bucket/notifications', who: 'operator' },
      async run({ params }) {
        return { rules: (await listRules(services, params['bucket'] ?? '')).map((rule) => shown(rule, rule.report)) };
      },
    },
    {
      ...{ method: 'PUT', path: 'buckets/:bucket/notifications/:rule', who: 'operator' },
      async run({ params, body }) {
        body.only('events', 'prefix', 'suffix', 'url', 'secret');
        const given = body.optionalText('secret');
        const secret = given ?? randomBytes(24).toString('base64url');
        const rule = await putRule(services, params['bucket'] ?? '', {
          id: params['rule'] ?? '',
          events: body.texts('events'),
          prefix: body.optionalText('prefix') ?? '',
          suffix: body.optionalText('suffix') ?? '',
          url: body.text('url'),
          secret,
        });
        // A secret that was made here is shown this once.
        return given === undefined ? { ...shown(rule), secret } : shown(rule);
      },
    },
    {
      ...{ method: 'DELETE', path: 'buckets/:bucket/notifications/:rule', who: 'operator' },
      async run({ params }) {
        if (await removeRule(services, params['bucket'] ?? '', params['rule'] ?? '')) return undefined;
        throw new AdminError(404, 'NotFound', 'The bucket has no rule of that id.');
      },
    },
  ];
}

function shown({ id, events, prefix, suffix, url }: NotificationRule, report?: RuleReport) {
  const rule = { id, events, prefix, suffix, url };
  if (report === undefined) return rule;
  const { delivered, failures, lost, lastError } = report;
  return { ...rule, delivered, failures, lost, ...(lastError === undefined ? {} : { lastError }) };
}
