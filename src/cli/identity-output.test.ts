import { expect, it } from 'vitest';
import { entryText, jsonText, tableText } from './identity-output.ts';

const columns = [
  { title: 'NAME', field: 'name' },
  { title: 'GROUPS', field: 'groups' },
  { title: 'DISABLED', field: 'disabled' },
];

it('aligns tables and ends no line with blanks', () => {
  const rows = [
    { name: 'anna', groups: ['all', 'readers'], disabled: false },
    { name: 'b', groups: [], disabled: true },
    { name: 'c' },
  ];
  expect(tableText(columns, rows, 'none')).toBe(
    'NAME  GROUPS       DISABLED\nanna  all,readers  no\nb     -            yes\nc     -            -\n',
  );
  expect(tableText(columns, [], 'No users.')).toBe('No users.\n');
});

it('shows one entry a line a field, and nothing that steers a terminal', () => {
  expect(entryText(columns, { name: 'a\u001b[31m\nb', groups: ['x'], disabled: false })).toBe(
    'NAME      a?[31m?b\nGROUPS    x\nDISABLED  no\n',
  );
});

it('writes JSON for scripts', () => {
  expect(JSON.parse(jsonText([{ name: 'anna' }]))).toEqual([{ name: 'anna' }]);
});
