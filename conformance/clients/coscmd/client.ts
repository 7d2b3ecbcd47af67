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
};
