const CURRENT = 0x63; // c
const VERSION = 0x76; // v

/** True for rows of versions of objects, delete markers included (model/keys.ts). */
export const isObjectRow = (key: Buffer): boolean => key[0] === CURRENT || key[0] === VERSION;
