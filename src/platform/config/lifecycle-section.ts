/** Settings of lifecycle rules: docs/configuration.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { decimal, duration } from './values.ts';

export const lifecycle = z.strictObject({
  utcOffsetHours: setting(decimal(0, 24).default(8), {
    description:
      'Zone whose midnights lifecycle rules go by, in hours ahead of UTC (19 for 5 behind it); 8 is what COS takes.',
    placeholder: 'hours',
  }),
  dayMs: setting(duration(1_000, 86_400_000).default(86_400_000), {
    description:
      'Length of a day of lifecycle rules, and so how often they are carried out. Shorter ones are for tests: with `10s` what has `Days` 3 expires after 30 to 40 seconds.',
    placeholder: 'time',
    unit: 'ms',
  }),
});
