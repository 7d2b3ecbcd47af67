/** The proof of the error page is complete, and compares itself with the page truly. */
import { describe, expect, it } from 'vitest';
import { differences, parseSeedPage } from '../proof/literal.ts';
import { SEED_PROOF } from '../proof/rows/seed.ts';
import { SERVICE_PROOF } from '../proof/rows/service.ts';
import { sdkOf } from '../proof/sdk.ts';
import { UNREACHABLE } from '../proof/unreachable.ts';
import { SEED_ROWS } from '../src/errors/seed-rows.ts';
import { SERVICE_ROWS } from '../src/errors/service-rows.ts';
import { readSources } from './sources.ts';

const keyOf = ({ code, status }: { readonly code: string; readonly status: number }) => `${code} ${status}`;

describe('the rows', () => {
  it('are those of the seed page, in its order', () => {
    expect(SEED_PROOF.map(keyOf)).toEqual(SEED_ROWS.map(keyOf));
  });

  it('beyond it are rows of the table, each once', () => {
    const known = new Set(SERVICE_ROWS.map(keyOf));
    const proved = SERVICE_PROOF.map(keyOf);
    expect(proved.filter((key) => !known.has(key))).toEqual([]);
    expect(new Set(proved).size).toBe(proved.length);
    expect(proved.length).toBeGreaterThan(80);
  });

  it('leave out only what has a reason', () => {
    const proved = new Set(SERVICE_PROOF.map(({ code }) => code));
    const left = SERVICE_ROWS.filter(({ code, when }) => !proved.has(code) && !when.startsWith('Not emitted: '));
    expect(left.filter(({ code }) => !UNREACHABLE.has(code)).map(keyOf)).toEqual([]);
    expect([...UNREACHABLE.keys()].filter((code) => proved.has(code))).toEqual([]);
  });

  it('give up only on what nothing raises, and on what is named', () => {
    const sources = readSources(['src'], (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
    const raised = (code: string) => [...sources.values()].some((text) => text.includes(`CosError('${code}'`));
    expect(raised('NoSuchKey')).toBe(true);
    expect([...UNREACHABLE.keys()].filter(raised).sort()).toEqual([
      'NotifyRuleEventConflict',
      'NotifyRulePrefixConflict',
      'NotifyRuleSuffixConflict',
      'TooManyJobs',
    ]);
  });

  it('ask as S3 for what only S3 says', () => {
    const own = new Set(SERVICE_ROWS.filter(({ category }) => category === 's3-face').map(keyOf));
    const asked = SERVICE_PROOF.filter(({ request }) => request.s3 !== undefined);
    const proved = SERVICE_PROOF.filter((row) => own.has(keyOf(row)));
    expect(proved.filter((row) => !asked.includes(row)).map(keyOf)).toEqual([]);
    expect(proved.length).toBeGreaterThan(10);
    expect(asked.filter((row) => 'code' in sdkOf(row)).map(keyOf)).toEqual([]);
  });

  it('say everything in both languages', () => {
    for (const { code, condition, handling } of [...SEED_PROOF, ...SERVICE_PROOF]) {
      for (const words of [condition, handling]) {
        expect(words.en, code).toMatch(/^[ -~]+$/);
        expect(words.zh, code).toMatch(/[\u4e00-\u9fff]/);
      }
    }
  });
});

describe('the literal check', () => {
  const page = `| Error Code | Description | HTTP Status Code |
| --- | --- | --- |
| NoSuchKey | Absent | 404 Not Found |
| XMLSizeLimit     | Too long     | 400 Bad Request       |
`;

  it('reads the tables of a page', () => {
    expect(parseSeedPage(page)).toEqual([
      { code: 'NoSuchKey', status: 404 },
      { code: 'XMLSizeLimit', status: 400 },
    ]);
  });

  it('finds another code, status, order and length', () => {
    const [first, second] = parseSeedPage(page) as [{ code: string; status: number }, { code: string; status: number }];
    expect(differences([first, second], [first, second])).toEqual([]);
    expect(differences([first, second], [second, first])).toHaveLength(2);
    expect(differences([first], [{ ...first, status: 400 }])).toEqual(['row 1: NoSuchKey 404, here NoSuchKey 400']);
    expect(differences([first, second], [first])).toEqual(['row 2: XMLSizeLimit 400, here nothing']);
    expect(differences([first], [first, second])).toEqual(['row 2: nothing, here XMLSizeLimit 400']);
  });
});
