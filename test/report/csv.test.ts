import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELL_COLUMNS } from '#core/results/cell-columns.ts';
import { cellsCsv, cellsJson } from '#report/csv.ts';
import { measuredSample } from '#test/core/results/samples.ts';

/** A reader that knows RFC 4180 and nothing else. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('the downloads', () => {
  it('have every column, and any text comes back as it was but for the apostrophe before a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (model) => {
        const row = measuredSample({ model });
        const [head, values] = parse(cellsCsv([row]));
        expect(head).toEqual(CELL_COLUMNS.map(({ name }) => name));
        const stored = values![head!.indexOf('model')]!;
        expect(stored).toBe(/^[=+\-@\t\r]/.test(model) ? `'${model}` : model);
        expect(Number(values![head!.indexOf('request_latency_avg_ms')])).toBe(row.request_latency_avg_ms);
        expect(JSON.parse(cellsJson([row]))).toEqual([row]);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('give a spreadsheet no formula: %j', (model) => {
    const csv = cellsCsv([measuredSample({ model })]);
    expect(parse(csv)[1]).toContain(`'${model}`);
  });

  it('leave numbers numbers, negative ones too', () => {
    expect(cellsCsv([measuredSample({ client_delay_avg_ms: -1.5 })])).toContain(',-1.5,');
  });
});
