/** cos-go-sdk-v5. The driver is built from its sources, and the SDK comes by Go's own modules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Client, Skipped } from '../../client.ts';
import { installOnce, need, run } from '../../install.ts';

const FOLDER = 'conformance/clients/go-sdk';

export const goSdk: Client = {
  name: 'go-sdk',
  title: 'cos-go-sdk-v5',
  async prepare(folder) {
    need('go', ['version']);
    const sources = readdirSync(FOLDER, { recursive: true }).map(String);
    installOnce(folder, FOLDER, ['go.mod', 'go.sum', ...sources.filter((name) => name.endsWith('.go'))], () =>
      run('go', ['build', '-o', `${resolve(folder, 'bin')}/`, './...'], folder, { GOFLAGS: '-mod=readonly' }),
    );
    const version = /cos-go-sdk-v5 v(\S+)/.exec(readFileSync(join(folder, 'go.mod'), 'utf8'));
    if (version === null) throw new Skipped('its go.mod names no version');
    return { version: version[1] ?? '', driver: { program: resolve(folder, 'bin/conformance'), args: [] } };
  },
  async application(folder) {
    const { version } = await this.prepare(folder);
    const driver = { program: resolve(folder, 'bin/application'), args: [] };
    const note = "the SDK sends by Go's default transport, which reads `HTTPS_PROXY`; so is the presigned URL read";
    return { version, driver, trust: ['SSL_CERT_FILE'], note };
  },
};
