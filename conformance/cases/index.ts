/** All cases, in the order in which they run. */
import type { Case } from '../case.ts';
import { access } from './access.ts';
import { browser } from './browser.ts';
import { buckets } from './buckets.ts';
import { copies } from './copies.ts';
import { features } from './features.ts';
import { keys } from './keys.ts';
import { lists } from './lists.ts';
import { multipart } from './multipart.ts';
import { objects } from './objects.ts';
import { reads } from './reads.ts';
import { versions } from './versions.ts';

export const CASES: readonly Case[] = [
  ...objects,
  ...keys,
  ...lists,
  ...reads,
  ...access,
  ...multipart,
  ...copies,
  ...versions,
  ...features,
  ...buckets,
  ...browser,
];
