/** What the head of a query file says, and its statement. */
export interface QueryFile {
  /** `price-performance`, of `price-performance.sql`. */
  name: string;
  /** The question in one sentence. */
  question: string;
  /** What a reader of the answer has to know. */
  notes: string;
  /** For the `?` of the statement, in order. */
  parameters: QueryField[];
  /** Of the answer, in order; none for a view. */
  columns: QueryField[];
  /** The statement, without its head and without a semicolon. */
  sql: string;
}

export interface QueryField {
  name: string;
  type: string;
  unit: string | null;
  meaning: string;
}

/** `--   name (type, unit): meaning` */
const FIELD = /^ {2}(\w+) \((\w+)(?:, ([^)]+))?\): (.+)$/;

type Section = 'notes' | 'parameters' | 'columns';

/**
 * Reads a file of queries/. Its head is the comment it begins with: the question, notes, and the sections
 * `parameters:` and `columns:`.
 * @throws SyntaxError for a head that does not say what it must: a mistake in this repository, found by its tests.
 */
export function parseQueryFile(name: string, text: string): QueryFile {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const [question = '', ...rest] = lines.slice(0, end).map((line) => line.slice(2).replace(/^ /, ''));
  if (!question.endsWith('?')) throw new SyntaxError(`${name}: the first line of the head is not a question`);

  const file: QueryFile = {
    name,
    question,
    notes: '',
    parameters: [],
    columns: [],
    sql: statementOf(name, lines, end),
  };
  const notes: string[] = [];
  let section: Section = 'notes';
  for (const line of rest) {
    if (line === 'parameters:' || line === 'columns:') section = line === 'columns:' ? 'columns' : 'parameters';
    else if (section === 'notes') notes.push(line);
    else file[section].push(fieldOf(name, line));
  }
  file.notes = notes.join('\n').trim();
  const marks = placeholders(file.sql);
  if (marks !== file.parameters.length) {
    throw new SyntaxError(`${name}: the head names ${file.parameters.length} parameters, the statement has ${marks}`);
  }
  return file;
}

function fieldOf(name: string, line: string): QueryField {
  const [, field, type, unit = null, meaning] = FIELD.exec(line) ?? [];
  if (field === undefined || type === undefined || meaning === undefined) {
    throw new SyntaxError(`${name}: not a field of the head: ${line}`);
  }
  return { name: field, type, unit, meaning };
}

function statementOf(name: string, lines: string[], from: number): string {
  const sql = lines.slice(from).join('\n').trim();
  if (from < 1 || sql === '') throw new SyntaxError(`${name}: no head, or no statement after it`);
  return sql;
}

/** Question marks outside of strings and comments. */
const placeholders = (sql: string): number => sql.replace(/'(?:[^']|'')*'|--.*$/gm, '').match(/\?/g)?.length ?? 0;
