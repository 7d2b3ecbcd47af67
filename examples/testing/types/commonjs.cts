/** Compiled, not run, by `npm run test:package`: the declarations as CommonJS sees them. */
import testing = require('cosette/testing');

export async function run(): Promise<string> {
  const server: testing.Cosette = await testing.startCosette();
  await server.stop();
  return server.endpoint;
}
