/**
 * The fields of a form upload, in the two ways they are used: by name, as policies see them, and as headers, as the rest
 * of the dialect does. Source: spec/objects.md §8.2.
 */
import { isUtf8 } from 'node:buffer';
import { CosError } from '../../errors/cos-error.ts';
import type { FormField } from '../../http/multipart-form.ts';
import type { FormDialect } from './form-dialect.ts';

/** Fields by name. */
export interface FieldsByName {
  /**
   * As sent but for `key`, in which the file's name stands for `${filename}`; '' when it is empty.
   * @param lowerName lower case
   */
  get(lowerName: string): string | undefined;
}

/** What is neither stored with an object nor asks for anything that a header can. */
const NO_HEADERS: ReadonlySet<string> = new Set([
  'key',
  'policy',
  'signature',
  'success_action_redirect',
  'success_action_status',
]);
/** A value that cannot be a header is refused where the field means something, and passed over where it does not. */
const MEANT = /^(?:x-cos-|pic-operations$|content-|cache-control$|expires$)/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const FILENAME = /\$\{filename\}/g;

/**
 * Names are compared without case. Of fields that repeat a name the first one counts, in policies and everywhere else.
 * As headers their values are the UTF-8 that was sent, one character a byte, and `acl` is `x-cos-acl`.
 */
export class FormFields implements FieldsByName {
  /** Flat: name, value, name, value … as of a request; names in lower case. */
  readonly rawHeaders: readonly string[];
  readonly #texts = new Map<string, string>();
  readonly #headers = new Map<string, string>();

  /** Of another protocol; undefined: a form of COS. */
  readonly dialect: FormDialect | undefined;
  /** Only COS's objects inherit ACLs. */
  readonly ownAcls: boolean;

  /**
   * @param filename of the file part, '' when it has none
   * @param dialects of other protocols
   * @throws CosError InvalidArgument when a value cannot be a header, or two fields give different ACLs
   */
  constructor(fields: readonly FormField[], filename: string, dialects: readonly FormDialect[] = []) {
    const named: [name: string, value: Buffer][] = [];
    for (const { name, value } of fields) {
      const lowerName = name.toLowerCase();
      if (this.#texts.has(lowerName)) continue;
      const text = isUtf8(value) ? value.toString('utf8') : value.toString('latin1');
      this.#texts.set(lowerName, lowerName === 'key' ? text.replace(FILENAME, () => filename) : text);
      if (!NO_HEADERS.has(lowerName) && !lowerName.startsWith('q-')) named.push([lowerName, value]);
    }
    this.dialect = dialects.find((dialect) => dialect.takes(this));
    this.ownAcls = this.dialect !== undefined;
    for (const [lowerName, value] of named) this.#addHeader(lowerName, value);
    // A policy that names one of the two must not be passed by with the other.
    const [acl, header] = [this.get('acl'), this.get('x-cos-acl')];
    if (acl !== undefined && header !== undefined && acl !== header) {
      throw new CosError('InvalidArgument', { message: 'The fields acl and x-cos-acl differ' });
    }
    this.rawHeaders = [...this.#headers].flat();
  }

  #addHeader(lowerName: string, value: Buffer): void {
    const native = lowerName === 'acl' ? 'x-cos-acl' : lowerName;
    const sent = withoutBlanks(value.toString('latin1'));
    const [name, text] = this.dialect === undefined ? [native, sent] : this.dialect.headerOf(native, sent);
    if (!TOKEN.test(name) || !isHeaderText(text)) {
      if (MEANT.test(name))
        throw new CosError('InvalidArgument', { message: `The field ${printable(name)} is malformed` });
      return;
    }
    if (text !== '') this.#headers.set(name, text);
  }

  get(lowerName: string): string | undefined {
    return this.#texts.get(lowerName);
  }

  /** Of all fields, lower case. */
  names(): Iterable<string> {
    return this.#texts.keys();
  }

  /** Value without blanks around it; empty counts as absent. @param name lower case */
  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  /** @throws CosError InvalidArgument without a key */
  get key(): string {
    const key = this.#texts.get('key') ?? '';
    if (key === '') {
      throw new CosError('InvalidArgument', { message: 'The form must have the field key in front of the file' });
    }
    return key;
  }
}

/** Blanks and line ends of ASCII only: other ones can be bytes of a character. */
function withoutBlanks(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/(?<![ \t\r\n])[ \t\r\n]+$/, '');
}

function isHeaderText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 32 && code !== 9) || code === 127) return false;
  }
  return true;
}

function printable(name: string): string {
  return name.slice(0, 100).replace(/[^ -~]/g, '?');
}
