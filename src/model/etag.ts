/** Lists of entity tags in conditional requests. Source: RFC 9110 §8.8.3, spec/objects.md §6.3. */

/**
 * Whether a list of entity tags (or `*`) has the tag of an existing object. Tags count with their quotes: a bare hex
 * string matches nothing. @param etag with its quotes @param weak true for If-None-Match, where `W/"x"` equals `"x"`
 */
export function etagListHas(list: string, etag: string, weak: boolean): boolean {
  if (list === '*') return true;
  let at = 0;
  while (at < list.length) {
    const code = list.charCodeAt(at);
    if (code === 44 || code === 32 || code === 9) {
      at++;
      continue;
    }
    const weakTag = code === 87 && list.charCodeAt(at + 1) === 47;
    const open = weakTag ? at + 2 : at;
    const end = list.charCodeAt(open) === 34 ? list.indexOf('"', open + 1) : -1;
    if (end < 0) {
      // Not an entity tag: skip to the next comma.
      const comma = list.indexOf(',', at);
      if (comma < 0) return false;
      at = comma + 1;
      continue;
    }
    if ((weak || !weakTag) && end + 1 - open === etag.length && list.startsWith(etag, open)) return true;
    at = end + 1;
  }
  return false;
}
