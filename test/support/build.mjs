/** Before end-to-end tests: what they start is the built server. */
import { ensureBuilt } from '../../scripts/ensure.mjs';

export default function setup() {
  ensureBuilt();
}
