/** What was decided about a request, and which rule did it. Administrators alone learn the rule. Source: spec/access.md §7. */

export interface Decision {
  readonly allowed: boolean;
  /** `owner`, `bucket policy statement 2 (deny)`, `ACL: AllUsers READ`, `no rule allows it` … */
  readonly rule: string;
}
