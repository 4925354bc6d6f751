import * as z from 'zod/mini';
import { ErrorName, StepBenchError } from '../workflow/errors.ts';
import type { Column, ColumnType, RowOf } from './column.ts';
import { SCHEMA_VERSION } from './shared-columns.ts';

/** NaN, infinities, fractions in integers and integers beyond their bits are refused by these. */
const PLAIN_SCHEMA: Record<ColumnType, z.ZodMiniType> = {
  string: z.string(),
  integer: z.int32(),
  bigint: z.int(),
  double: z.number(),
  boolean: z.boolean(),
  timestamp: z.iso.datetime(),
};

const valueSchema = ({ type, nullable, values }: Column): z.ZodMiniType => {
  const plain = values === undefined ? PLAIN_SCHEMA[type] : z.enum(values as readonly [string, ...string[]]);
  return nullable ? z.nullable(plain) : plain;
};

/**
 * @param where names the row in an error: its key.
 * @throws StepBenchError SchemaVersion for a row of another version, ArtifactsInvalid for one that is not a row.
 */
export type RowReader<C extends readonly Column[]> = (row: unknown, where: string) => RowOf<C>;

/** Reads rows of one table at the boundary. Built once for a table: the schema has over a hundred fields. */
export function rowReader<const C extends readonly Column[]>(columns: C): RowReader<C> {
  // A row written before a column was there reads as null in it, as its Parquet does.
  const absent = Object.fromEntries(columns.filter(({ nullable }) => nullable).map(({ name }) => [name, null]));
  const schema = z.strictObject(Object.fromEntries(columns.map((column) => [column.name, valueSchema(column)])));
  return (row, where) => {
    checkVersion(row, where);
    const parsed = z.safeParse(schema, { ...absent, ...(row as object) });
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'row'}: ${issue.message}`);
      throw new StepBenchError(ErrorName.ArtifactsInvalid, `${where} is not a result row (${problems.join('; ')}).`);
    }
    return parsed.data as RowOf<C>;
  };
}

function checkVersion(row: unknown, where: string): void {
  const version = typeof row === 'object' && row !== null && 'schema_version' in row ? row.schema_version : undefined;
  if (version === SCHEMA_VERSION) return;
  throw new StepBenchError(
    ErrorName.SchemaVersion,
    `${where} has schema version ${JSON.stringify(version) ?? 'none'}; this StepBench reads ${SCHEMA_VERSION}.`,
    { nextStep: 'Use the StepBench that wrote it, or give this run another id.' },
  );
}
