/** Codes of the service beyond the seed page. */
import type { ProofRow } from '../row.ts';
import { SERVICE_KEYS } from './service-keys.ts';
import { SERVICE_OBJECTS } from './service-objects.ts';
import { SERVICE_S3, SERVICE_S3_ACLS } from './service-s3.ts';
import { SERVICE_S3_SETTINGS } from './service-s3-settings.ts';
import { SERVICE_SELECT } from './service-select.ts';
import { SERVICE_SETTINGS } from './service-settings.ts';

export const SERVICE_PROOF: readonly ProofRow[] = [
  ...SERVICE_OBJECTS,
  ...SERVICE_KEYS,
  ...SERVICE_SETTINGS,
  ...SERVICE_SELECT,
  ...SERVICE_S3,
  ...SERVICE_S3_ACLS,
  ...SERVICE_S3_SETTINGS,
];
