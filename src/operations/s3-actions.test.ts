import { expect, it } from 'vitest';
import { S3_ACTIONS } from '../access/policy/aws/actions.ts';
import { OPERATIONS } from './registry.ts';
import { S3_OPERATIONS } from './s3-registry.ts';

it('every action that has a name in AWS is one of an operation, or a right beside one', () => {
  const known = new Set([...OPERATIONS, ...S3_OPERATIONS].flatMap(({ actions }) => actions));
  const unknown = Object.keys(S3_ACTIONS).filter((action) => !known.has(action));
  expect(unknown).toEqual(['BypassGovernanceRetention']);
});
