/** Forms that bring the fields of another protocol: nothing of the request but its fields says whose they are. */
import type { KeyRing } from '../../access/identity.ts';
import type { ExpectedChecksum } from '../../model/ingest.ts';
import type { ShownChecksum } from '../../model/multipart/checksums.ts';
import type { FieldsByName, FormFields } from './fields.ts';
import type { FormPermit } from './form.ts';

export interface FormDialect {
  takes(fields: FieldsByName): boolean;
  /** A field as the header that it stands for, with the name and word of COS. @param name lower case */
  headerOf(name: string, value: string): readonly [name: string, value: string];
  /** What the file is to be checked against besides; undefined without it. @throws CosError InvalidRequest */
  checksum(fields: FormFields): ExpectedChecksum | undefined;
  /** Adds to the headers of an answer what the protocol says of the file. */
  answer(headers: string[], checksum: ShownChecksum | undefined): void;
  /** The document of an answer with status 201; undefined: none. */
  created(location: string, bucket: string, key: string, etag: string): string;
  /**
   * Who sends the form, and how large its file may be.
   * @param buckets names that the addressed bucket may be called by
   * @throws CosError of a policy or signature that does not hold
   */
  permit(fields: FormFields, buckets: readonly string[], keyRing: KeyRing, nowMs: number): FormPermit;
}
