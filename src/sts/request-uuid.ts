/** The id of a request as services of this kind write it. */
import { createHash } from 'node:crypto';

/** @returns a UUID that belongs to `requestId` alone */
export function requestUuid(requestId: string): string {
  const hex = createHash('sha256').update(requestId).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
