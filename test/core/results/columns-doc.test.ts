import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { columnsDoc } from '#core/results/columns-doc.ts';
import { TABLES } from '#core/results/tables.ts';

describe('the column table', () => {
  it('is what docs/columns.md says', () => {
    expect(readFileSync(join(import.meta.dirname, '../../../docs/columns.md'), 'utf8')).toBe(columnsDoc());
  });

  it.each(Object.entries(TABLES))(
    'names each column of %s once, in a way that both engines take unquoted',
    (_, table) => {
      const names = table.columns.map((column) => column.name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      for (const name of table.key) expect(names).toContain(name);
    },
  );

  it.each(Object.entries(TABLES))('has the unit of a figure of %s in its name', (_, { columns }) => {
    const endings: Record<string, string> = {
      ms: '_ms',
      s: '_s',
      GiB: '_gib',
      USD: '_usd',
      '1/s': '_per_s',
      W: '_watts',
      '%': '_percent',
      'USD/h': '_usd_per_hour',
      'tokens/s': '_tokens_per_s',
    };
    for (const column of columns) {
      if (!('unit' in column)) continue;
      if (column.unit === 'tokens') expect(column.name).toMatch(/_tokens(_|$)/);
      else expect(column.name.endsWith(endings[column.unit] ?? 'a unit of no known ending')).toBe(true);
    }
  });
});
