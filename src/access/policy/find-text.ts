/** Finding one text in another in a time that grows with their lengths, never with the product of them. */

/** Characters: below, the engine's own search cannot take long, and is the fastest. */
const SHORT = 32;

/**
 * @param wanted searched for in many texts
 * @returns index at or behind `from`; -1 where it is not there
 */
export function finder(wanted: string): (text: string, from: number) => number {
  if (wanted.length < SHORT) return (text, from) => text.indexOf(wanted, from);
  let borders: Uint32Array | undefined;
  return (text, from) => {
    if (text.length - from < wanted.length) return -1;
    borders ??= bordersOf(wanted);
    let matched = 0;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      while (matched > 0 && wanted.charCodeAt(matched) !== code) matched = borders[matched - 1]!;
      if (wanted.charCodeAt(matched) === code) matched++;
      if (matched === wanted.length) return i - matched + 1;
    }
    return -1;
  };
}

/** Of each beginning: the length of its longest proper part that is its beginning and its end (Knuth, Morris, Pratt). */
function bordersOf(text: string): Uint32Array {
  const borders = new Uint32Array(text.length);
  let length = 0;
  for (let i = 1; i < text.length; i++) {
    while (length > 0 && text[length] !== text[i]) length = borders[length - 1]!;
    if (text[length] === text[i]) length++;
    borders[i] = length;
  }
  return borders;
}
