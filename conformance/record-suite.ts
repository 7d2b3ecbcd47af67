/**
 * `npm run conformance:suite -- NAME PASSED TOTAL SUITE WHAT-DID-NOT-PASS`: writes down a run of an SDK's own suite. The
 * suites are no part of this repository; what they passed is, as a floor that may only rise.
 */
import { CLIENTS } from './clients.ts';
import { belowFloor, readFloors, readRecord, writeChanged, writeFloors, writeRecord } from './record.ts';
import { renderResults } from './report.ts';
import { CASES_OF } from './run-client.ts';
import { readSuite, suiteFloor } from './vendor-suite.ts';

const { name, run } = readSuite(process.argv.slice(2), new Date().toISOString().slice(0, 10));
const floors = readFloors();
const below = belowFloor({ [suiteFloor(name)]: run.passed }, floors);
if (below.length > 0) {
  console.error(`conformance: ${below[0]}: nothing is written`);
  process.exitCode = 1;
} else {
  const before = readRecord();
  const record = { ...before, vendorSuites: { ...before.vendorSuites, [name]: run } };
  writeRecord(record);
  writeFloors({ ...floors, [suiteFloor(name)]: run.passed });
  const order = CLIENTS.map((client) => client.name);
  writeChanged('conformance/RESULTS.md', renderResults(record, CASES_OF, order));
}
