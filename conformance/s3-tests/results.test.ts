import { expect, it } from 'vitest';
import { readResults } from './results.ts';

it('counts functions, not cases', () => {
  const { passed, failed } = readResults(
    '<testsuites><testsuite><testcase classname="a" name="test_one" time="1" />' +
      '<testcase name="test_two[a-1]" /><testcase name="test_two[b-&lt;2&gt;]"><failure message="assert 403 == 200&#10;more">text</failure></testcase>' +
      '<testcase name="test_three"><skipped message="not here">x</skipped></testcase>' +
      '<testcase name="test_four"><error message="failed on setup">x</error></testcase></testsuite></testsuites>',
  );
  expect([...passed]).toEqual(['test_one']);
  expect([...failed]).toEqual([
    ['test_two', 'assert 403 == 200'],
    ['test_four', 'failed on setup'],
  ]);
});
