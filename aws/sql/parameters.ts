import type { SqlValue } from '#core/ports/sql.ts';
import { ErrorName, StepBenchError } from '#core/workflow/errors.ts';

/** Athena's limit of one value, quotes included. */
const LONGEST = 1024;

/**
 * A value as Athena wants it in ExecutionParameters: the text of a literal. Strings are quoted, with quotes in
 * them doubled; that is all there is to escape in Trino. A number with a fraction gets an exponent, which makes
 * it a DOUBLE: without one it would be a DECIMAL, and compare as one.
 * @throws StepBenchError QueryFailed for what no literal stands for.
 */
export function executionParameter(value: SqlValue): string {
  const text = literal(value);
  if (text.length <= LONGEST) return text;
  throw new StepBenchError(ErrorName.QueryFailed, `A parameter of a query has ${text.length} characters.`, {
    nextStep: `Athena takes ${LONGEST} at most.`,
  });
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'boolean') return String(value);
  if (Number.isSafeInteger(value)) return `${value === 0 ? 0 : value}`;
  if (Number.isFinite(value)) return value.toExponential().toUpperCase();
  throw new StepBenchError(ErrorName.QueryFailed, `${value} cannot be a parameter of a query.`);
}
