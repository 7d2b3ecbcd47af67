/** Texts with `*` and `?` as policies of AWS have them: any characters, and one character. */

export type Glob = (text: string) => boolean;

/** Goes back to the last `*` alone, so that the time is bounded by the product of both lengths. */
export function compileGlob(pattern: string): Glob {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  return (text) => {
    let at = 0;
    let from = 0;
    let star = -1;
    let resume = 0;
    while (at < text.length) {
      const sign = pattern[from];
      if (sign === '*') {
        star = from++;
        resume = at;
      } else if (sign !== undefined && (sign === '?' || sign === text[at])) {
        at++;
        from++;
      } else if (star >= 0) {
        from = star + 1;
        at = ++resume;
      } else return false;
    }
    while (pattern[from] === '*') from++;
    return from === pattern.length;
  };
}
