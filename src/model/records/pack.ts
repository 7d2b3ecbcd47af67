/**
 * How records become row values. Every value is a MessagePack array whose first element is the record's format
 * version; fields are only ever added at the end, so that data of an earlier release stays readable.
 */
import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, variableMapSize: true });

export const pack = (fields: unknown[]): Buffer => packr.pack(fields) as Buffer;
export const unpack = (value: Buffer): unknown[] => packr.unpack(value) as unknown[];
