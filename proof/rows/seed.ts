/** Every row of the seed page, in its order. */
import type { ProofRow } from '../row.ts';
import { SEED_DOCUMENTS_LIMITS } from './seed-documents-limits.ts';
import { SEED_REDIRECTS_UPLOADS } from './seed-redirects-uploads.ts';
import { SEED_RIGHTS_ABSENCE } from './seed-rights-absence.ts';
import { SEED_STATES_SERVER } from './seed-states-server.ts';

export const SEED_PROOF: readonly ProofRow[] = [
  ...SEED_REDIRECTS_UPLOADS,
  ...SEED_DOCUMENTS_LIMITS,
  ...SEED_RIGHTS_ABSENCE,
  ...SEED_STATES_SERVER,
];
