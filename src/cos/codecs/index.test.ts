import { expect, it } from 'vitest';
import { OPERATIONS } from '../../operations/registry.ts';
import { CODECS } from './index.ts';

it('the dialect can read and write every operation, each once', () => {
  const names = CODECS.map((codec) => codec.operation.name).sort();
  expect(names).toEqual(OPERATIONS.map((operation) => operation.name).sort());
});
