/** Clients as Markdown, for a terminal and for the documents, and as JSON. */
import { FORM_TITLES, needsNames } from './captions.ts';
import { CLIENTS, formsOf, isServed, seenBy } from './registry.ts';
import { type Client, FORMS, type Form, type Lang, type ServerFacts, type Snippet, type Text } from './types.ts';

export interface RenderOptions {
  readonly lang: Lang;
  /** Which of the client's forms; `first` is the one to try first. */
  readonly form: Form | 'first' | 'all';
  /** `#` marks before the client's title. */
  readonly level: number;
}

/** Ends with a newline. */
export function renderClient(client: Client, server: ServerFacts, options: RenderOptions): string {
  const { lang, level } = options;
  const parts = [`${'#'.repeat(level)} ${client.title}`];
  if (client.note !== undefined) parts.push(client.note[lang]);
  const forms = chosen(client, server, options.form);
  if (forms.length === 0) {
    const missing = missingForm(client, server, options.form, lang);
    if (missing !== undefined) parts.push(missing);
  }
  for (const form of forms) {
    const seen = seenBy(form, server);
    parts.push(`${'#'.repeat(level + 1)} ${FORM_TITLES[form][lang]} (\`${form}\`)`);
    const snippets = client.forms[form]?.(seen) ?? [];
    const hasNames = seen.domain !== '' && snippets.some(({ text }) => text.includes(`${seen.domain}:${seen.port}`));
    if (hasNames) parts.push(needsNames(seen)[lang]);
    for (const snippet of snippets) parts.push(renderSnippet(snippet, lang));
  }
  return `${parts.join('\n\n')}\n`;
}

export function chosen(client: Client, server: ServerFacts, form: RenderOptions['form']): readonly Form[] {
  const forms = formsOf(client, server);
  if (form === 'all') return forms;
  return form === 'first' ? forms.slice(0, 1) : forms.filter((own) => own === form);
}

function renderSnippet({ caption, file, language, text }: Snippet, lang: Lang): string {
  const parts = [caption[lang]];
  if (file !== undefined) parts.push(lang === 'zh' ? `文件 \`${file}\`：` : `File \`${file}\`:`);
  return `${parts.join(lang === 'zh' ? '' : ' ')}\n\n\`\`\`${language}\n${text}\n\`\`\``;
}

/** Why nothing is shown; undefined when the client has no form by nature. */
function missingForm(
  client: Client,
  server: ServerFacts,
  asked: RenderOptions['form'],
  lang: Lang,
): string | undefined {
  const own = Object.keys(client.forms) as Form[];
  if (own.length === 0) return undefined;
  const wanted = asked === 'first' || asked === 'all' ? own : own.filter((form) => form === asked);
  if (wanted.length === 0) {
    const list = own.map((form) => `\`${form}\``).join(', ');
    return lang === 'zh'
      ? `该客户端不支持 \`${asked}\` 方式，可用：${list}。`
      : `It has no form \`${asked}\`; there is: ${list}.`;
  }
  if (wanted.includes('domain') && !isServed('domain', server, client)) {
    return lang === 'zh'
      ? '服务器需要一个自有域名：`--base-domains`。'
      : 'The server needs a domain of its own: `--base-domains`.';
  }
  if (wanted.includes('proxy') && !isServed('proxy', server, client)) {
    return lang === 'zh'
      ? '服务器需要接管 AWS 的域名：`--base-domains amazonaws.com`。'
      : 'The server needs the names of AWS: `--base-domains amazonaws.com`.';
  }
  return lang === 'zh' ? '服务器需要启用 TLS 监听：`--tls-port`。' : 'The server needs a TLS listener: `--tls-port`.';
}

/** One line a client. */
export function renderList(server: ServerFacts, lang: Lang): string {
  const width = Math.max(...CLIENTS.map(({ id }) => id.length)) + 2;
  const lines = CLIENTS.map((client) => {
    const forms = formsOf(client, server).join(', ');
    return `  ${client.id.padEnd(width)}${client.title}${forms === '' ? '' : `  [${forms}]`}`;
  });
  const foot: Text = {
    en: `cosette env <client…|all> prints the configuration; --form ${FORMS.join('|')}|all chooses a way to connect.`,
    zh: `cosette env <客户端…|all> 打印配置；--form ${FORMS.join('|')}|all 选择连接方式。`,
  };
  return `${lines.join('\n')}\n\n${foot[lang]}\n`;
}

/** For programs: `{ server, clients: [{ id, title, forms: { <form>: [{ caption, language, file?, text }] } }] }` */
export function renderJson(
  clients: readonly Client[],
  server: ServerFacts,
  options: Pick<RenderOptions, 'lang' | 'form'>,
): string {
  const rows = clients.map((client) => ({
    id: client.id,
    title: client.title,
    ...(client.note === undefined ? {} : { note: client.note[options.lang] }),
    forms: Object.fromEntries(
      chosen(client, server, options.form).map((form) => [
        form,
        (client.forms[form]?.(seenBy(form, server)) ?? []).map((snippet) => ({
          ...snippet,
          caption: snippet.caption[options.lang],
        })),
      ]),
    ),
  }));
  return `${JSON.stringify({ server, clients: rows }, undefined, 2)}\n`;
}
