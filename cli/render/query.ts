import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { QueryField, QueryFile } from '#core/results/query-file.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { counted, figure } from './format.ts';
import { table } from './table.ts';

interface Look {
  width: number;
  paint: Paint;
}

/** The questions that can be asked, with their parameters. */
export const questionLines = (questions: readonly QueryFile[], { width, paint }: Look): string[] =>
  questions.flatMap(({ name, question, parameters }) => [
    `${paint('bold', name)}`,
    ...wrapped(question, width, '  '),
    ...parameters
      .filter((parameter) => parameter.name !== 'run_id')
      .flatMap((parameter) => wrapped(`--param ${parameter.name}=...  ${parameter.meaning}`, width, '  '))
      .map((line) => paint('dim', line)),
  ]);

/** The answer to a question; what does not fit on the terminal is left out from the right. */
export function resultLines(question: QueryFile, run: string, rows: readonly SqlRow[], look: Look): string[] {
  const { paint, width } = look;
  const { columns } = question;
  const same = columns.filter(({ name }) => rows.length > 1 && rows.every((row) => row[name] === rows[0]?.[name]));
  const shown = table(
    columns.map((column, index) => ({
      title: column.name,
      align: isNumber(column) ? ('right' as const) : ('left' as const),
      // The first columns say what a row is about; those that are the same everywhere say least.
      ...(index === 0 ? {} : { spare: index + (same.includes(column) ? columns.length : 0) }),
    })),
    rows.map((row) => columns.map((column) => value(row[column.name] ?? null))),
    look,
  );
  return [
    ...wrapped(`${question.question} (run ${oneLine(run)})`, width).map((line) => paint('bold', line)),
    ...(rows.length === 0 ? ['Nothing answers it: no valid measurement fits.'] : shown),
    paint(
      'dim',
      `${counted(rows.length, 'row')}, ${counted(columns.length, 'column')}; --csv and --json have all of them`,
    ),
  ];
}

const isNumber = ({ type }: QueryField): boolean => type !== 'string' && type !== 'boolean' && type !== 'timestamp';

const value = (of: SqlValue): string => (of === null ? '-' : typeof of === 'number' ? figure(of) : oneLine(String(of)));
