/** The rows as what docs/errors.md shows of them. */
import type { ErrorDocument, ErrorExample } from '../src/errors/render-markdown.ts';
import type { ProofRow, Words } from './row.ts';
import { SEED_PROOF } from './rows/seed.ts';
import { SERVICE_PROOF } from './rows/service.ts';
import { SDK_PRELUDE, sdkOf } from './sdk.ts';
import { PRELUDE, requestLines, setupLines } from './shell.ts';
import { UNREACHABLE } from './unreachable.ts';

const again = (settings: readonly string[]): Words => {
  const flags = settings.length === 0 ? '' : ` ${settings.join(' ')}`;
  return {
    en: `# start the server again: cosette serve${flags}`,
    zh: `# 重新启动服务器：cosette serve${flags}`,
  };
};

function example(row: ProofRow): ErrorExample {
  const { code, status, condition, handling, settings = [], setup = [] } = row;
  const restarts = setup.flatMap((step) => ('restart' in step ? [step.restart] : []));
  const setupText = (language: keyof Words) =>
    setupLines(row)
      .flatMap((lines, at) => (at === 0 ? lines : [again([...settings, ...restarts[at - 1]!])[language], ...lines]))
      .join('\n');
  const sdk = sdkOf(row);
  return {
    code,
    status,
    condition,
    handling,
    settings,
    setup: { en: setupText('en'), zh: setupText('zh') },
    curl: row.noCurl ?? requestLines(row),
    javascript: 'code' in sdk ? sdk.code : sdk.reason,
  };
}

export const ERROR_DOCUMENT: ErrorDocument = {
  examples: [...SEED_PROOF, ...SERVICE_PROOF].map(example),
  shellPrelude: PRELUDE,
  sdkPrelude: SDK_PRELUDE,
  unreachable: UNREACHABLE,
};
