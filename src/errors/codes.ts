/** Every code there is, as a type. */
import type { SEED_ROWS } from './seed-rows.ts';
import type { SERVICE_ROWS } from './service-rows.ts';

export type ErrorCode = (typeof SEED_ROWS)[number]['code'] | (typeof SERVICE_ROWS)[number]['code'];
