/** Something that explains a refusal, and what to do about it. */
export interface Finding {
  /** `proven`: with this the given signature comes out. `fact`: seen in the request. `hint`: worth looking at. */
  readonly certainty: 'proven' | 'fact' | 'hint';
  readonly what: string;
  readonly advice: string;
  /** What the client signed then, secrets hidden. */
  readonly clientFormatString?: string;
}
