/** Keys that break clients and servers: each is written, read and listed, and must be the same key in the end. */
import { type Case, fact } from '../case.ts';

/** Case → the key below the case's folder. Drivers in other languages are sent this table. */
export const KEYS: Readonly<Record<string, string>> = {
  'key-chinese': '中文 名.txt',
  'key-space': ' a  b ',
  'key-plus': 'a+b&c=d?e#f',
  'key-percent': '100%25%2F%zz',
  'key-slashes': 'a//b/',
  'key-dots': '...a/.b/c..',
  'key-symbols': `!'()*~@$;:,[]{}|^"<>\\\``,
  'key-emoji': '😀/é',
  'key-long': 'k'.repeat(800),
};

export const keys: readonly Case[] = Object.entries(KEYS).map(([id, key]) =>
  fact(id, `a key ending in ${JSON.stringify(key.slice(0, 24))}`, 'objects §2.2, protocol §5', {
    body: '123456789',
    listed: [key],
  }),
);
