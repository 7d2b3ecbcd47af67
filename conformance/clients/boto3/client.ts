/** boto3. */
import type { Client } from '../../client.ts';
import { installPython, pythonVersion } from '../../install.ts';

const FOLDER = 'conformance/clients/boto3';

export const boto3: Client = {
  name: 'boto3',
  title: 'boto3 (AWS SDK for Python)',
  s3: 's3',
  async prepare(folder) {
    const python = installPython(folder, FOLDER);
    const driver = { program: python, args: ['-B', `${FOLDER}/driver.py`] };
    return { version: pythonVersion(python, 'boto3'), driver };
  },
};
