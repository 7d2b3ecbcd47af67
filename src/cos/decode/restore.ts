/** The document of POST Object restore. Source: spec/objects.md §8.10. */
import { CosError } from '../../errors/cos-error.ts';
import { type XmlElement, xmlText } from '../../http/xml.ts';
import type { RestoreTier } from '../../model/restore.ts';

/** Upper bound of ours: a hundred years. */
const MAX_DAYS = 36_500;
const TIERS: Readonly<Record<string, RestoreTier>> = { expedited: 'expedited', standard: 'standard', bulk: 'bulk' };

/**
 * @param job where the tier stands
 * @throws CosError MalformedXML, InvalidArgument
 */
export function decodeRestore(
  root: XmlElement,
  job: XmlElement | undefined,
): { readonly days: number; readonly tier: RestoreTier } {
  const days = xmlText(root, 'Days');
  if (days === undefined || !/^-?\d{1,9}$/.test(days)) throw new CosError('MalformedXML');
  if (Number(days) < 1 || Number(days) > MAX_DAYS) {
    throw new CosError('InvalidArgument', { message: `Days must be from 1 to ${MAX_DAYS}.` });
  }
  const tierName = job === undefined ? undefined : xmlText(job, 'Tier');
  const tier = TIERS[(tierName || 'Standard').toLowerCase()];
  if (tier === undefined)
    throw new CosError('InvalidArgument', { message: 'Tier must be Expedited, Standard or Bulk.' });
  return { days: Number(days), tier };
}
