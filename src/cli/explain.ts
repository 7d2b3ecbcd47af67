/** What `cosette explain` prints: why a request was refused, from the admin API of the running server. */
import type { Explanation, RequestSummary } from '../cos/explain/explanation.ts';
import { callAdmin, type Endpoint } from './admin-client.ts';
import { jsonText, tableText } from './identity-output.ts';

/** @throws AdminClientError */
export async function explainRequest(endpoint: Endpoint, requestId: string, json: boolean): Promise<string> {
  const answer = await callAdmin(endpoint, { method: 'GET', path: ['requests', requestId] });
  return json ? jsonText(answer) : explanationText(answer as Explanation);
}

/** @param all also those that have nothing to do with identity and rights @throws AdminClientError */
export async function listRefused(endpoint: Endpoint, count: number, all: boolean, json: boolean): Promise<string> {
  const query = { limit: String(count), ...(all ? { all: 'true' } : {}) };
  const answer = (await callAdmin(endpoint, { method: 'GET', path: ['requests'], query })) as {
    readonly requests: readonly RequestSummary[];
  };
  if (json) return jsonText(answer);
  const rows = answer.requests.map((request) => ({ ...request, target: `${request.host}${request.path}` }));
  return tableText(
    [
      { title: 'TIME', field: 'time' },
      { title: 'REQUEST ID', field: 'requestId' },
      { title: 'STATUS', field: 'status' },
      { title: 'CODE', field: 'code' },
      { title: 'METHOD', field: 'method' },
      { title: 'TARGET', field: 'target' },
      { title: 'SECRET ID', field: 'secretId' },
      { title: 'FROM', field: 'remote' },
    ],
    rows,
    'No refused requests are remembered.',
  );
}

export function explanationText({ request, signature, server, decision, findings }: Explanation): string {
  const { identity } = request;
  const query = request.query === '' ? '' : `?${request.query}`;
  const facts: [string, string | undefined][] = [
    ['Request', `${request.method} ${request.secure ? 'https' : 'http'}://${request.host}${request.path}${query}`],
    ['At', `${request.time} from ${request.remote}`],
    ['Answer', `${request.status} ${request.code}: ${request.message}`],
    ['Operation', request.operation],
    ['Signed by', identity === undefined ? undefined : signer(request)],
    ['SecretId', request.secretId],
    ['Signed headers', signature && (signature.headers.join(' ') || 'none')],
    ['Signed params', signature && (signature.params.join(' ') || 'none')],
    ['Sign time', signature?.signTime],
    ['Key time', signature?.keyTime],
    ['Actions', decision && (decision.actions.join(' ') || undefined)],
    ['Resource', decision?.resource],
    ['Principal', decision?.principal],
  ];
  let out = '';
  for (const [name, value] of facts) if (value !== undefined) out += `${name.padEnd(16)}${oneLine(value)}\n`;
  if (server !== undefined) {
    out += block('StringToSign of the server', server.stringToSign);
    out += block('FormatString of the server', server.formatString);
  }
  for (const { certainty, what, advice, clientFormatString } of findings) {
    out += `\n${certainty.toUpperCase()}  ${oneLine(what)}\n  -> ${oneLine(advice)}\n`;
    if (clientFormatString !== undefined) out += block('FormatString of the client, inferred', clientFormatString);
  }
  if (findings.length === 0) out += '\nNothing more is known than what the answer says.\n';
  return out;
}

function signer({ identity, session }: RequestSummary): string {
  const { kind, uin, ownerUin, name } = identity!;
  const called = name === '' ? '' : ` (${name})`;
  return `${kind} ${uin}${called} of account ${ownerUin}${session === undefined ? '' : `, temporary key ${session}`}`;
}

/** Lines of a text that is signed, each with its number, so that blanks and empty lines can be seen. */
function block(title: string, text: string): string {
  const lines = text.split('\n');
  return `\n${title}\n${lines.map((line, at) => `  ${at + 1} |${oneLine(line)}|\n`).join('')}`;
}

/** Texts come from clients: nothing in them may steer a terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
