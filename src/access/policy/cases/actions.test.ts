/** Which actions a statement names: spec/access.md §4, §6. */
import { describe, expect, test } from 'vitest';
import { referenceVerdict } from '../fixture.ts';
import { policy, SCENARIO, verdictOf } from './fixture.ts';

/** Action of the statement, names of the request, whether they meet. */
const ROWS: readonly (readonly [string | readonly string[], string, boolean])[] = [
  ['name/cos:GetObject', 'GetObject', true],
  ['cos:GetObject', 'GetObject', true],
  ['*', 'GetObject', true],
  ['*', 'PutBucketPolicy', true],
  ['name/cos:*', 'GetObject', true],
  ['cos:*', 'GetObject', true],
  ['name/*', 'GetObject', true],
  ['*:GetObject', 'GetObject', true],
  ['*cos:GetObject', 'GetObject', true],
  ['cos:Get*', 'GetObject', true],
  ['cos:Get*', 'GetBucketACL', true],
  ['cos:Get*', 'PutObject', false],
  ['name/cos:Get*', 'GetObject', true],
  ['name/cos:*Object', 'GetObject', true],
  ['name/cos:*Object', 'PutObject', true],
  ['name/cos:*Object', 'GetObjectACL', false],
  ['name/cos:G*t*ject', 'GetObject', true],
  ['name/cos:G*x*ject', 'GetObject', false],
  ['name/cos:GetObject*', 'GetObject', true],
  ['name/cos:GetObject*', 'GetObjectACL', true],
  ['name/cos:**', 'GetObject', true],
  ['name/cos:GetObject', 'GetObjectACL', false],
  ['name/cos:GetObjectACL', 'GetObject', false],
  ['name/cos:getobject', 'GetObject', false],
  ['NAME/COS:GetObject', 'GetObject', false],
  ['name/cos:getObject', 'GetObject', false],
  ['GetObject', 'GetObject', false],
  ['name/cos:Get?bject', 'GetObject', false],
  ['name/cos:Get.*', 'GetObject', false],
  ['name/cos:', 'GetObject', false],
  ['', 'GetObject', false],
  ['cvm:*', 'GetObject', false],
  ['name/cvm:*', 'GetObject', false],
  ['name/cos:NoSuchAction', 'GetObject', false],
  [' name/cos:GetObject', 'GetObject', false],
  [['name/cos:PutObject', 'name/cos:GetObject'], 'GetObject', true],
  [['name/cos:PutObject', 'name/cos:PostObject'], 'GetObject', false],
  [['name/cos:PutObject', '*'], 'GetObject', true],
  [['cos:Put*', 'cos:Post*'], 'PostObject', true],
  ['name/cos:GetObject', 'HeadObject|GetObject', true],
  ['name/cos:HeadObject', 'HeadObject|GetObject', true],
  ['name/cos:PutObject', 'HeadObject|GetObject', false],
  ['name/cos:PutObject', 'UploadPartCopy|UploadPart|PutObject', true],
];

describe('actions', () => {
  test.each(ROWS)('%j for %s: %s', (action, names, meets) => {
    const statement = (effect: string) => ({ effect, action, resource: '*' });
    const scenario = { ...SCENARIO, actions: names.split('|') };
    const allowing = { ...scenario, policies: [policy(statement('allow'))] };
    const all = policy({ effect: 'allow', action: '*', resource: '*' });
    const denying = { ...scenario, policies: [all, policy(statement('deny'))] };
    for (const [each, verdict] of [
      [allowing, meets ? 'allow' : 'undecided'],
      [denying, meets ? 'deny' : 'allow'],
    ] as const) {
      expect(verdictOf(each)).toBe(verdict);
      expect(referenceVerdict(each)).toBe(verdict);
    }
  });

  test('counts its cases', () => expect(ROWS).toHaveLength(43));
});
