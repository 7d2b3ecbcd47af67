/** What all clients of the S3 API share here: path style at the server's address, not served yet. */
import { COMMANDS, CONFIGURE } from '../../captions.ts';
import type { Client, ServerFacts } from '../../types.ts';

export interface S3Client {
  readonly id: string;
  readonly title: string;
  readonly aliases?: readonly string[];
  readonly language: string;
  readonly file?: string;
  readonly text: (server: ServerFacts) => string;
}

export function s3Client({ language, file, text, ...rest }: S3Client): Client {
  const caption = language === 'sh' ? COMMANDS : CONFIGURE;
  return {
    ...rest,
    notYet: true,
    forms: {
      ip: (server) => [{ caption, language, ...(file === undefined ? {} : { file }), text: text(server) }],
    },
  };
}
