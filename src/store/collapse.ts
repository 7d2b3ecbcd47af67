/**
 * Delimiter listing as a loop over `scan`: says what `MetaStore.collapse` means, and serves engines without a cheaper
 * way. Costs one scan per common prefix.
 */
import { collapsedLength, laterOf, prefixSuccessor } from './bytes.ts';
import type { CollapseEntry, CollapseRequest, CollapseResult, MetaStore } from './meta-store.ts';
import { PAGE_BYTES } from './store.ts';

/** Rows fetched at a time: few are wasted where each row begins another common prefix. */
const SCAN_ROWS = 100;

/** @throws StoreError of the store's `scan` */
export async function naiveCollapse(meta: Pick<MetaStore, 'scan'>, request: CollapseRequest): Promise<CollapseResult> {
  const { prefix, to, delimiter, limit } = request;
  const entries: CollapseEntry[] = [];
  let from: Buffer | undefined = request.from;
  let bytes = 0;
  let visited = 0;
  while (from !== undefined && Buffer.compare(from, to) < 0) {
    const page = await meta.scan({ from, to, limit: Math.min(SCAN_ROWS, limit - entries.length + 1) });
    visited += page.visited;
    from = page.resume;
    let behind: Buffer | undefined;
    for (const row of page.rows) {
      if (behind !== undefined && Buffer.compare(row.key, behind) < 0) continue;
      if (entries.length === limit || bytes > PAGE_BYTES) return { entries, resume: row.key, visited };
      const length = collapsedLength(row.key, prefix.length, delimiter);
      if (length < 0) {
        entries.push({ row });
        bytes += row.key.length + row.value.length;
        continue;
      }
      const common = row.key.subarray(0, length);
      entries.push({ prefix: common });
      bytes += length;
      behind = prefixSuccessor(common);
      if (behind === undefined) return { entries, visited };
    }
    if (from !== undefined && behind !== undefined) from = laterOf(from, behind);
  }
  return { entries, visited };
}
