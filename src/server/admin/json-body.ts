/** The JSON object in the body of an admin request, read field by field. */
import { badRequest } from './reply.ts';

/** Longest text of a field, characters; what it may be besides is the affair of its reader. */
const MAX_TEXT = 64 * 1024;

export class JsonBody {
  readonly #fields: ReadonlyMap<string, unknown>;

  /** @param text '' for no body @throws AdminError 400 */
  constructor(text: string) {
    let value: unknown = {};
    try {
      if (text !== '') value = JSON.parse(text);
    } catch {
      throw badRequest('The body is not valid JSON.');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw badRequest('The body must be a JSON object.');
    }
    this.#fields = new Map(Object.entries(value));
  }

  /** Nothing given is ignored: a field that the route does not know is refused. @throws AdminError 400 */
  only(...names: readonly string[]): void {
    for (const name of this.#fields.keys()) {
      if (!names.includes(name)) throw badRequest(`There is no field ${JSON.stringify(name.slice(0, 80))} here.`);
    }
  }

  /** All of it, for a reader that looks at every field itself. */
  object(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#fields);
  }

  /** @throws AdminError 400 when it is missing, empty or no text */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw badRequest(`The field ${name} is missing.`);
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.#fields.get(name) ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT) {
      throw badRequest(`The field ${name} must be a text.`);
    }
    return value;
  }

  flag(name: string): boolean {
    const value = this.#fields.get(name);
    if (typeof value !== 'boolean') throw badRequest(`The field ${name} must be true or false.`);
    return value;
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#fields.get(name) ?? undefined;
    if (value !== undefined && typeof value !== 'number') throw badRequest(`The field ${name} must be a number.`);
    return value;
  }

  texts(name: string): string[] {
    const value = this.#fields.get(name);
    const isText = (item: unknown): item is string => typeof item === 'string';
    if (!Array.isArray(value) || !value.every(isText)) throw badRequest(`The field ${name} must be a list of texts.`);
    return value;
  }
}
