import type * as z from 'zod/mini';
import { explain } from './explain.ts';
import { nearest } from './nearest.ts';
import { formatPath, type Path, type Problem } from './problems.ts';
import { MATRIX_DOCUMENT, type MatrixDocument } from './schema.ts';
import { fieldsOf, schemaAt, valueAt } from './schema-walk.ts';

type Parsed = { success: true; data: MatrixDocument } | { success: false; issues: z.core.$ZodIssue[] };

export interface Respelled {
  /** The user's document, each misspelt field under the name that was meant. */
  document: object;
  /** What the schema says of it. */
  parsed: Parsed;
  /** The misspelt fields. */
  problems: Problem[];
  /** A path of the document as it is in the user's. */
  asWritten: (path: string) => string;
}

interface Misspelt {
  parent: Path;
  written: string;
  meant: string;
}

/**
 * Reads a field with a typo in its name as the field that was meant, so that what it holds is checked too, and what
 * hangs on it is not missed: a typo must not hide other mistakes, nor make any.
 */
export function respell(input: object): Respelled {
  let document = input;
  let parsed = parse(document);
  const problems: Problem[] = [];
  const renamed: { written: string; meant: string }[] = [];
  const asWritten = (path: string) =>
    renamed.reduceRight(
      (text, { meant, written }) => (isWithin(text, meant) ? written + text.slice(meant.length) : text),
      path,
    );
  // Below a field that is read anew there may be more of them.
  for (let found = misspelt(document, parsed); found.length > 0; found = misspelt(document, parsed)) {
    for (const { parent, written, meant } of found) {
      const issue = { code: 'unrecognized_keys' as const, keys: [written], path: [...parent], message: '' };
      for (const problem of explain(issue, document)) problems.push({ ...problem, path: asWritten(problem.path) });
      document = withRenamed(document, parent, written, meant) as object;
      renamed.push({ written: formatPath([...parent, written]), meant: formatPath([...parent, meant]) });
    }
    parsed = parse(document);
  }
  return { document, parsed, problems, asWritten };
}

function parse(document: object): Parsed {
  const parsed = MATRIX_DOCUMENT.safeParse(document);
  return parsed.success ? parsed : { success: false, issues: parsed.error.issues };
}

function misspelt(document: object, parsed: Parsed): Misspelt[] {
  if (parsed.success) return [];
  const found: Misspelt[] = [];
  for (const issue of parsed.issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const holder = valueAt(document, issue.path) as object;
    const taken = new Set(Object.keys(holder));
    for (const written of issue.keys) {
      const meant = nearest(written, fieldsOf(schemaAt(MATRIX_DOCUMENT, issue.path)));
      if (meant === undefined || taken.has(meant)) continue;
      if (!isKindOf([...issue.path, meant], valueAt(holder, [written]))) continue;
      taken.add(meant);
      found.push({ parent: issue.path, written, meant });
    }
  }
  return found;
}

/** A list where the field has a list, and so on: else it was something else that was meant. */
function isKindOf(path: Path, value: unknown): boolean {
  const parsed = schemaAt(MATRIX_DOCUMENT, path)?.safeParse(value);
  return (
    parsed?.success !== false ||
    !parsed.error.issues.some((one) => one.code === 'invalid_type' && one.path.length === 0)
  );
}

const isWithin = (path: string, parent: string): boolean =>
  path.startsWith(parent) && ['', '.', '['].includes(path.charAt(parent.length));

function withRenamed(value: unknown, [head, ...rest]: Path, written: string, meant: string): unknown {
  if (head === undefined) {
    const { [written]: moved, ...others } = value as Record<string, unknown>;
    return { ...others, [meant]: moved };
  }
  const child = withRenamed((value as Record<PropertyKey, unknown>)[head], rest, written, meant);
  return Array.isArray(value) ? value.with(head as number, child) : { ...(value as object), [head]: child };
}
