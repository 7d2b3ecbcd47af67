/** coscli, the command line tool on the Go SDK. Where it is on the path, it runs in the form `proxy`. */
import { entryBeside } from '../../../bench/entry.ts';
import { type Client, Skipped } from '../../client.ts';
import { need, run } from '../../install.ts';

export const coscli: Client = {
  name: 'coscli',
  title: 'coscli',
  async prepare() {
    throw new Skipped('there is a program for the form proxy only');
  },
  async application() {
    if (run('coscli', ['--version']).code !== 0) {
      throw new Skipped('coscli is not on the path, and no package registry has it');
    }
    need('curl', ['--version']);
    const version = /\d+(?:\.\d+)+/.exec(run('coscli', ['--version']).output)?.[0] ?? '';
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'application')] };
    const note =
      '`cp` needs its flag `--disable-long-links`: without it the program sends by a transport of its own, which passes ' +
      'over `HTTPS_PROXY`; the presigned URL is read with curl';
    return { version, driver, trust: ['SSL_CERT_FILE', 'CURL_CA_BUNDLE'], note };
  },
};
