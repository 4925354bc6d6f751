import { expect, it } from 'vitest';
import { csv } from '#core/results/csv.ts';

it('quotes what has to be, and leaves null empty', () => {
  const rows = [
    { a: 'x, "y"\n', b: null },
    { a: -1.5, b: true },
  ];
  expect(csv(['a', 'b'], rows)).toBe('a,b\r\n"x, ""y""\n",\r\n-1.5,true\r\n');
});

it('gives a spreadsheet no formula', () => {
  expect(csv(['model'], [{ model: '=HYPERLINK("x")' }])).toBe('model\r\n"\'=HYPERLINK(""x"")"\r\n');
});
