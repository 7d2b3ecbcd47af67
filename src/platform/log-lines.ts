/** What becomes of a log line on its way out: secrets hidden, JSON turned into text for a terminal. */

/** Looked for in order to spare the expression behind; every pattern below holds one of them. */
const MARKS = ['ignature', 'uthorization', 'oken', 'ecret', 'sign='] as const;

/**
 * `name=value` and `"name":"value"` for signatures, tokens and keys, also where the line is JSON inside JSON
 * (`\"name\":\"value\"`), and whole Authorization values. The name stays, the value goes.
 */
const SECRET =
  /((?:q-signature|x-amz-signature|x-(?:cos|amz)-security-token|token|[?&]sign|secret_?key|signature|authorization)(?:\\*"?\s*[=:]\s*\\*"?))(?!\\*")((?:AWS\S*\s)?[^"\\\s&,;}]+)/gi;

/** Replaces the values of signatures, tokens and keys by `***`. */
export function hideSecrets(line: string): string {
  for (const mark of MARKS) if (line.includes(mark)) return line.replace(SECRET, '$1***');
  return line;
}

/** One JSON line as `time LEVEL message name=value …`; what is no JSON stays as it is. */
export function lineAsText(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, message, error, ...rest } = fields;
  let out = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${String(message ?? '')}`;
  for (const name in rest) {
    const value = rest[name];
    out += ` ${name}=${typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value)}`;
  }
  if (typeof error === 'object' && error !== null) {
    const { stack, message: text } = error as { stack?: unknown; message?: unknown };
    out += `\n${String(stack ?? text ?? JSON.stringify(error))}`;
  } else if (error !== undefined) {
    out += ` error=${JSON.stringify(error)}`;
  }
  return `${out}\n`;
}
