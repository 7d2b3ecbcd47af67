/** Runs before each test file, whatever modules are there already. */
import { afterAll, afterEach } from 'vitest';
import { cleanUpFile, cleanUpTest } from '../../src/platform/fixture.ts';

afterEach(cleanUpTest);
afterAll(cleanUpFile);
