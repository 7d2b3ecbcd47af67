/** The rate a request asks to be held to. Source: spec/objects.md §2.12. */
import { CosError } from '../../errors/cos-error.ts';
import type { CosRequest } from '../request.ts';
import type { HeaderSource } from './header-source.ts';

const NAME = 'x-cos-traffic-limit';
const LEAST = 819_200;
const MOST = 838_860_800;

/** @returns bit/s @throws CosError InvalidArgument */
export function decodeTrafficLimit({ wire, query }: CosRequest): number | undefined {
  return trafficLimitOf(wire.header(NAME) ?? (query.size === 0 ? undefined : query.get(NAME)));
}

/** @returns bit/s @throws CosError InvalidArgument */
export function formTrafficLimit(fields: HeaderSource): number | undefined {
  return trafficLimitOf(fields.header(NAME));
}

function trafficLimitOf(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  const rate = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (rate >= LEAST && rate <= MOST) return rate;
  throw new CosError('InvalidArgument', { message: `${NAME} must be from ${LEAST} to ${MOST} bit/s`, close: true });
}
