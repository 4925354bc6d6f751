import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { CELL_COLUMNS, type CellRow } from '#core/results/cell-columns.ts';
import { toParquet } from '#core/results/parquet.ts';
import { arbitraryCells, arbitraryDeployments } from '#test/queries/arbitrary-results.ts';
import { failedSample, measuredSample } from './samples.ts';

const buffer = (bytes: Uint8Array) =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

const readBack = async (bytes: Uint8Array) =>
  (await parquetReadObjects({ file: buffer(bytes) })).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Date ? value.toISOString() : typeof value === 'bigint' ? Number(value) : value,
      ]),
    ),
  );

const byKey = (rows: readonly Record<string, unknown>[]) =>
  rows.map((row) => JSON.stringify([row.run_id, row.cell_id ?? row.deployment_id, row.attempt, row])).sort();

describe('Parquet', () => {
  it('holds every row as it was, read by another implementation', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryCells.filter((rows) => rows.length > 0),
        async (rows) => {
          const found = await readBack(toParquet('cells', rows));
          expect(found).toHaveLength(rows.length);
          const ordered = (row: Record<string, unknown>) =>
            Object.fromEntries(CELL_COLUMNS.map(({ name }) => [name, row[name]]));
          expect(byKey(found.map(ordered))).toEqual(byKey(rows.map(ordered)));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has the same bytes for the same rows in any order', () => {
    fc.assert(
      fc.property(
        arbitraryDeployments.filter((rows) => rows.length > 0),
        fc.infiniteStream(fc.nat()),
        (rows, numbers) => {
          const shuffled = rows.map((row) => [numbers.next().value as number, row] as const).sort(([a], [b]) => a - b);
          const bytes = toParquet('deployments', rows);
          expect(
            Buffer.compare(
              toParquet(
                'deployments',
                shuffled.map(([, row]) => row),
              ),
              bytes,
            ),
          ).toBe(0);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('sorts attempts as numbers', async () => {
    const rows = [10, 9, 1].map((attempt) => measuredSample({ attempt }));
    expect((await readBack(toParquet('cells', rows))).map((row) => row.attempt)).toEqual([1, 9, 10]);
  });

  it('does not tell -0 from 0, as the JSON of a row does not', () => {
    const zero = measuredSample({ fee_usd_per_hour: 0 });
    const negative = measuredSample({ fee_usd_per_hour: -0 });
    expect(Buffer.compare(toParquet('cells', [negative]), toParquet('cells', [zero]))).toBe(0);
  });

  it('has required columns where the table has no null, and timestamps of plain milliseconds', () => {
    const schema = parquetSchema(parquetMetadata(buffer(toParquet('cells', [measuredSample()]))));
    const elements = new Map(schema.children.map(({ element }) => [element.name, element]));
    for (const { name, nullable } of CELL_COLUMNS) {
      expect([name, elements.get(name)?.repetition_type]).toEqual([name, nullable ? 'OPTIONAL' : 'REQUIRED']);
    }
    expect(elements.get('started_at')).toMatchObject({ type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' });
    expect(elements.get('seed')).toMatchObject({ type: 'INT64' });
  });

  it.each([
    ['NaN', { output_tokens_per_s: Number.NaN }],
    ['undefined', { output_tokens_per_s: undefined }],
    ['a null where there is none', { run_id: null }],
    ['a fraction in an integer', { request_count: 1.5 }],
    ['too large an integer', { request_count: 2 ** 31 }],
    ['too large a bigint', { seed: 2 ** 53 }],
    ['another version', { schema_version: 2 }],
  ])('takes no row with %s', (_, wrong) => {
    expect(() => toParquet('cells', [{ ...measuredSample(), ...wrong } as CellRow])).toThrow();
  });

  it('takes no two rows of one cell and attempt, and no empty file', () => {
    expect(() => toParquet('cells', [measuredSample(), failedSample()])).toThrow(/two rows/);
    expect(() => toParquet('cells', [])).toThrow(/without rows/);
  });
});
