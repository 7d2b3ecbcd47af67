/** What the server under test and the reference agree on. */
export const BUCKET = 'demo-1250000000';

/** A whole second, ms since the epoch. */
export const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Bytes. So small that a few requests reach them. */
export const LIMITS = {
  minPartBytes: 8,
  singleUploadBytes: 64,
  appendObjectBytes: 100,
  multipartObjectBytes: 150,
};

/** The order of their bytes is not that of their UTF-16 units (the last two), nor that of their letters. */
export const KEYS = ['a', 'a/', 'a/b', 'a//b', 'x/c', 'B &<"+%', '～', '😀/ç'] as const;
