/** cos-python-sdk-v5. */
import type { Client } from '../../client.ts';
import { installPython, pythonVersion } from '../../install.ts';

const FOLDER = 'conformance/clients/python-sdk';

export const pythonSdk: Client = {
  name: 'python-sdk',
  title: 'cos-python-sdk-v5',
  async prepare(folder) {
    const python = installPython(folder, FOLDER);
    const driver = { program: python, args: ['-B', `${FOLDER}/driver.py`] };
    return { version: pythonVersion(python, 'cos-python-sdk-v5'), driver };
  },
  async application(folder) {
    const { version, driver } = await this.prepare(folder);
    const note = 'the SDK sends by `requests`, which reads both variables; so is the presigned URL read';
    const application = { ...driver, args: ['-B', `${FOLDER}/application.py`] };
    return { version, driver: application, trust: ['REQUESTS_CA_BUNDLE'], note };
  },
};
