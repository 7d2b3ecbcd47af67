/** Names that the server chooses (version ids, upload ids, some ETags): the reference has tokens in their place. */

export class Token {
  readonly kind: 'version' | 'upload' | 'etag';
  readonly label: string;
  /** Tokens of one kind are older the lower this is. */
  readonly order: number;
  /** What the server's name must look like. */
  readonly form: RegExp;
  /** The name that this one takes the place of; it must be another. ETags may be alike otherwise: contents can be. */
  readonly before: Text | undefined;

  constructor(kind: Token['kind'], order: number, form: RegExp, before?: Text) {
    this.kind = kind;
    this.label = `<${kind} ${order}>`;
    this.order = order;
    this.form = form;
    this.before = before;
  }
}

export type Text = string | Token;
/** Texts one behind the other. */
export type Template = Text | readonly Text[];

/** Of version and upload ids a bijection: one token, one name, for as long as a sequence lasts. */
export class Names {
  readonly #actual = new Map<Token, string>();
  readonly #tokens = new Map<string, Token>();

  /** @returns what is wrong; undefined when the name fits */
  bind(token: Token, actual: string): string | undefined {
    const before = this.#actual.get(token);
    if (before !== undefined) return before === actual ? undefined : `${token.label} was ${before}, now ${actual}`;
    const other = token.kind === 'etag' ? token.before : this.#tokens.get(token.kind + actual);
    if (other !== undefined && this.render(other) === actual) return `${token.label} has the name of ${show(other)}`;
    if (!token.form.test(actual)) return `${token.label} may not be called ${JSON.stringify(actual)}`;
    this.#actual.set(token, actual);
    this.#tokens.set(token.kind + actual, token);
    return undefined;
  }

  knows(token: Token): boolean {
    return this.#actual.has(token);
  }

  /** As the server has it. */
  render(template: Template): string {
    return texts(template)
      .map((text) => (typeof text === 'string' ? text : (this.#actual.get(text) ?? 'not-yet-known')))
      .join('');
  }
}

/** As a person reads it. */
export function show(template: Template): string {
  return texts(template)
    .map((text) => (typeof text === 'string' ? text : text.label))
    .join('');
}

function texts(template: Template): readonly Text[] {
  return typeof template === 'string' || template instanceof Token ? [template] : template;
}
