/**
 * What makes DuckDB answer the portable subset (docs/sql.md) as Athena does. Athena's engine is Trino: where the
 * two disagree about a name, Trino's meaning is the one that counts here.
 */
export const DIALECT: readonly string[] = [
  "SET TimeZone = 'UTC'",
  // 7 / 2 is 3.
  'SET integer_division = true',
  // Elapsed units, not boundaries crossed.
  'CREATE MACRO date_diff(unit, a, b) AS datesub(unit, a, b)',
  // NULL when any argument is.
  `CREATE MACRO greatest(a, b) AS (CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN system.main.greatest(a, b) END),
    (a, b, c) AS (CASE WHEN a IS NOT NULL AND b IS NOT NULL AND c IS NOT NULL THEN system.main.greatest(a, b, c) END)`,
  `CREATE MACRO least(a, b) AS (CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN system.main.least(a, b) END),
    (a, b, c) AS (CASE WHEN a IS NOT NULL AND b IS NOT NULL AND c IS NOT NULL THEN system.main.least(a, b, c) END)`,
  'CREATE MACRO concat(a, b) AS a || b, (a, b, c) AS a || b || c, (a, b, c, d) AS a || b || c || d',
  // Every match, not the first.
  "CREATE MACRO regexp_replace(text, pattern, replacement) AS system.main.regexp_replace(text, pattern, replacement, 'g')",
  // Trino's names.
  'CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)',
  'CREATE MACRO cardinality(items) AS len(items)',
  'CREATE MACRO to_unixtime(t) AS epoch(t)',
  'CREATE MACRO date_format(t, format) AS strftime(t, format)',
  'CREATE MACRO date_parse(text, format) AS strptime(text, format)',
  'CREATE MACRO json_extract_scalar(document, path) AS json_extract_string(document, path)',
  'CREATE MACRO sequence(a, b) AS generate_series(a, b), (a, b, step) AS generate_series(a, b, step)',
];
