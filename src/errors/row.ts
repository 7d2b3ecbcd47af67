/** One line of the error table. */
export interface ErrorRow {
  readonly code: string;
  readonly status: number;
  readonly category: string;
  /** Text on the wire unless the place that raises the error says more. */
  readonly message: string;
  /** The true condition, in short. */
  readonly when: string;
}

/** Keeps the code a literal type, so that the codes of the table are a union. */
export function row<C extends string>(
  code: C,
  status: number,
  category: string,
  message: string,
  when: string,
): ErrorRow & { readonly code: C } {
  return { code, status, category, message, when };
}
