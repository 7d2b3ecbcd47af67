/** coscmd, the command line tool on the Python SDK. */
import type { Client } from '../../client.ts';
import { installPython, pythonVersion } from '../../install.ts';

const FOLDER = 'conformance/clients/coscmd';

export const coscmd: Client = {
  name: 'coscmd',
  title: 'coscmd',
  async prepare(folder) {
    const python = installPython(folder, FOLDER);
    const driver = { program: python, args: ['-B', `${FOLDER}/driver.py`] };
    return { version: pythonVersion(python, 'coscmd'), driver };
  },
  async application(folder) {
    const { version, driver } = await this.prepare(folder);
    const note = 'configured by `coscmd config -a -s -b -r`; the presigned URL is read with `requests`';
    const application = { ...driver, args: ['-B', `${FOLDER}/application.py`] };
    return { version, driver: application, trust: ['REQUESTS_CA_BUNDLE'], note };
  },
};
