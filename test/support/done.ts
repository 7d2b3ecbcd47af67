/** Steps that tests take before the one they are about. */
import type { Answer, Send, Sent } from './http.ts';

/** Sends what has to work. @throws Error with the answer when it is no success */
export async function done(send: Send, sent: Sent): Promise<Answer> {
  const answer = await send(sent);
  if (answer.status >= 300) throw new Error(`${sent.method} ${sent.key ?? ''}: ${answer.status} ${answer.text}`);
  return answer;
}
