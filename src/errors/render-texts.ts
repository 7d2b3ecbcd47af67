/** The words of docs/errors.md and docs/errors.zh-CN.md that belong to no code. */

export type Language = 'en' | 'zh';

export interface DocumentTexts {
  readonly head: string;
  readonly seed: string;
  readonly service: string;
  readonly known: string;
  readonly tableHead: string;
  readonly examples: string;
  readonly text: string;
  readonly cause: string;
  readonly handling: string;
  readonly settings: string;
  readonly colon: string;
}

const GENERATED = '<!-- Generated from src/errors and proof/rows by `npm run docs`. Do not edit. -->';

const en: DocumentTexts = {
  head: `# Errors

${GENERATED}

[中文](errors.zh-CN.md)

Every code with its status in the two profiles of \`errors.profile\`, the text that goes with it unless the place that
raises the error has a better one, and the condition that raises it. \`seed\` (the default) follows the page that the
project was created from; \`current\` follows the live service. A dash means: as \`seed\`. Below the tables each code that
can be provoked has its request and what an application does about it. \`npm run errors\` provokes all of them.

\`InternalError\` goes on the wire for the seed's \`InternalErrror\` too, since clients compare that spelling;
\`errors.literalSeedCodes\` sends the seed's.
`,
  seed: 'The codes of the seed page',
  service: 'Further codes of the service',
  known: 'Codes that clients know and this server never sends',
  tableHead: '| code | seed | current | message | when |',
  examples: `## How to provoke and handle them

The requests need a running server, Node and curl. Where a code needs settings, start the server with them
(\`cosette serve …\`); each example begins with an empty bucket of the name below, which
\`curl -X PUT "$at/" -H "Authorization: $(sign PUT /)"\` makes, unless it makes one of its own. Names such as
\`uploadId\` in JavaScript stand for what the lines before have put into a variable of that name. Codes of Amazon S3 take
a request of S3 (\`--aws-sigv4\`, for which curl should be 7.88 or later). Paste this first:
`,
  text: 'Text',
  cause: 'Cause',
  handling: 'Handling',
  settings: 'Settings',
  colon: ': ',
};

const zh: DocumentTexts = {
  head: `# 错误码

${GENERATED}

[English](errors.md)

下表列出每个错误码在 \`errors.profile\` 两种取值下的状态码、默认文本以及触发条件。\`seed\`（默认）遵循本项目所依据的页面；
\`current\` 遵循线上服务。短横线表示与 \`seed\` 相同。表格之后，每个可触发的错误码都给出触发它的请求以及应用程序的处理方法。
\`npm run errors\` 会逐一触发它们。

种子页的 \`InternalErrror\` 在报文中也写作 \`InternalError\`，因为客户端比较的是这一拼写；打开 \`errors.literalSeedCodes\` 则发送种子页的拼写。
`,
  seed: '种子页的错误码',
  service: '线上服务的其他错误码',
  known: '客户端认识而本服务器从不发送的错误码',
  tableHead: '| 错误码 | seed | current | 文本 | 触发条件 |',
  examples: `## 如何触发与处理

以下请求需要运行中的服务器、Node 与 curl。若某个错误码需要特定配置，请以这些参数启动服务器（\`cosette serve …\`）。
除非示例自行创建，每个示例都从下述名称的空存储桶开始，可用
\`curl -X PUT "$at/" -H "Authorization: $(sign PUT /)"\` 创建。JavaScript 中的
\`uploadId\` 等名称代表前面各行存入同名变量的值。Amazon S3 的错误码由 S3 请求触发（\`--aws-sigv4\`，需要 curl 7.88 或更新版本）。
请先粘贴以下内容：
`,
  text: '文本',
  cause: '原因',
  handling: '处理',
  settings: '配置',
  colon: '：',
};

export const TEXTS: Readonly<Record<Language, DocumentTexts>> = { en, zh };
