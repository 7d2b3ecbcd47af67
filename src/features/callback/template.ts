/**
 * Texts with variables: the body of an upload callback, and the answer an upload asks for. Sources: spec/objects.md §12;
 * COS pages "Callback" (436/106770) and "ReturnBody" (436/97529).
 *
 * The pages write `{"key":${object}}` for a callback and `{"key":"${object}"}` for an answer. In JSON a variable
 * therefore becomes a value where it stands free, and escaped characters where it stands inside of a string.
 */
import { CosError } from '../../errors/cos-error.ts';

/** What the variables of the system stand for. */
export interface UploadVariables {
  readonly bucket: string;
  readonly object: string;
  /** bytes */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly region: string;
  /** Content type of the object. */
  readonly mimeType: string;
}

/** `form`: values are percent-encoded; `json`: see above; `text`: values as they are. */
export type TemplateFormat = 'form' | 'json' | 'text';

/** Constants and names of variables in turn: the odd ones are names. */
export type Template = readonly string[];

/** Custom variables, with their `x:`. */
export type CustomVariables = ReadonlyMap<string, string>;

const SYSTEM: readonly (keyof UploadVariables)[] = ['bucket', 'object', 'size', 'etag', 'region', 'mimeType'];
const MEDIA = /^(?:imageInfo|exif|videoInfo)(?:\.|$)/;
const CUSTOM = /^x:[^${}]{1,128}$/;

/** @throws CosError InvalidArgument (an unknown or unfinished variable), NotImplemented (variables of media) */
export function parseTemplate(text: string): Template {
  const pieces: string[] = [];
  let at = 0;
  for (let open = text.indexOf('${'); open >= 0; open = text.indexOf('${', at)) {
    const close = text.indexOf('}', open);
    if (close < 0)
      throw new CosError('InvalidArgument', { message: 'A variable of the template has no closing brace.' });
    const name = text.slice(open + 2, close);
    checkName(name);
    pieces.push(text.slice(at, open), name);
    at = close + 1;
  }
  pieces.push(text.slice(at));
  return pieces;
}

function checkName(name: string): void {
  if (CUSTOM.test(name) || (SYSTEM as readonly string[]).includes(name)) return;
  if (MEDIA.test(name)) {
    throw new CosError('NotImplemented', {
      message: `The variable ${name} needs media processing, which is not built.`,
    });
  }
  const known = [...SYSTEM, 'x:…'].join(', ');
  throw new CosError('InvalidArgument', { message: `The template has an unknown variable; there are ${known}.` });
}

/** A custom variable that was not given is empty. */
export function renderTemplate(
  template: Template,
  variables: UploadVariables,
  custom: CustomVariables,
  format: TemplateFormat,
): string {
  let out = '';
  let inString = false;
  for (const [index, piece] of template.entries()) {
    if (index % 2 === 0) {
      out += piece;
      inString = endsInString(piece, inString);
      continue;
    }
    const value = piece.startsWith('x:') ? (custom.get(piece) ?? '') : variables[piece as keyof UploadVariables];
    // Through a Buffer: half a surrogate pair cannot be encoded.
    if (format === 'form') out += encodeURIComponent(Buffer.from(String(value)).toString());
    else if (format === 'text') out += value;
    else if (inString) out += JSON.stringify(String(value)).slice(1, -1);
    else out += JSON.stringify(value);
  }
  return out;
}

/** Whether JSON text that began inside (or outside) of a string ends inside of one. */
function endsInString(text: string, inString: boolean): boolean {
  let inside = inString;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') inside = !inside;
    else if (inside && text[i] === '\\') i += 1;
  }
  return inside;
}
