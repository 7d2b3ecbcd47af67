/** All steps of the SDKs in JavaScript, and the cases that none of them has a step for. */
import { browser } from '../../cases/browser.ts';
import type { Steps } from './context.ts';
import { copies, versions } from './copies.ts';
import { features } from './features.ts';
import { buckets, lists } from './lists.ts';
import { appends, multipart } from './multipart.ts';
import { objects } from './objects.ts';
import { access, reads } from './reads.ts';

export const STEPS: Steps = {
  ...objects,
  ...lists,
  ...reads,
  ...access,
  ...multipart,
  ...appends,
  ...copies,
  ...versions,
  ...features,
  ...buckets,
};

export const ONLY_BROWSERS: Readonly<Record<string, string>> = Object.fromEntries(
  browser.map(({ id }) => [id, 'what only a browser sees']),
);
