/** Compiled, not run, by `npm run test:package`: the declarations as a module sees them. */
import COS from 'cos-nodejs-sdk-v5';
import { type Cosette, type JobRun, type RecordedRequest, type Snapshot, startCosette } from 'cosette/testing';

const server: Cosette = await startCosette({ region: 'ap-beijing', settings: { graceMs: 0 } });
export const cos = new COS(server.cos());
export const ran: JobRun[] = await server.clock.advance(1);
export const requests: RecordedRequest[] = server.requests({ operation: 'PutObject', status: 200 });
const state: Snapshot = await server.snapshot();
await server.restore(state);
// @ts-expect-error no such option
await startCosette({ colour: 'red' });
// @ts-expect-error the port is a number
export const port: string = server.port;
