/** What the house rules of docs/sql.md forbid: Athena refuses it, or means something else by it than DuckDB. */
const FORBIDDEN: [pattern: RegExp, instead: string][] = [
  [/\bqualify\b/i, 'QUALIFY: filter the window in an outer query'],
  [/\bgroup\s+by\s+all\b/i, 'GROUP BY ALL: name the columns'],
  [/\border\s+by\s+all\b/i, 'ORDER BY ALL: name the columns'],
  [/\b(?:string_agg|arg_max|arg_min|list|median|percentile_cont|percentile_disc|quantile\w*)\s*\(/i, 'not in Trino'],
  [/\bapprox_\w+\s*\(/i, 'approx_*: count ranks with row_number()'],
  [/\b(?:width_bucket|from_unixtime|format_datetime|date_add|json_value)\s*\(/i, 'not in DuckDB, or another meaning'],
  [/\bexclude\s*\(|\breplace\s*\(\s*\w+\s+as\b/i, '* EXCLUDE / REPLACE: name the columns'],
  [/\b(?:using\s+sample|asof|positional|pivot|unpivot|semi\s+join|anti\s+join)\b/i, 'DuckDB only'],
  [/::/, 'a::type: write cast(a AS type)'],
  [/(?<![\w.])\d+\.\d+(?!e)\b/i, '1.0 is a DECIMAL in Trino: write 1e0'],
  [
    /\bcast\s*\(\s*(?!floor|ceil|sum|count|NULL)[\w.]*(?:_s|_ms|_usd|tokens)\b[^)]*\bAS\s+(?:integer|bigint)/i,
    'round explicitly: floor()',
  ],
  [/\/(?!\s*nullif\s*\()/i, 'divide by nullif(d, 0e0)'],
  [/;/, 'one statement, without a semicolon'],
  [/"/, 'names need no quotes'],
];

export function portabilityProblems(sql: string): string[] {
  const code = sql.replace(/--.*$/gm, '').replace(/'(?:[^']|'')*'/g, "''");
  const problems = FORBIDDEN.filter(([pattern]) => pattern.test(code)).map(([, instead]) => instead);
  // A view is read by statements that sort for themselves.
  if (!/\bcreate\b/i.test(code) && !/\border\s+by\b[^()]*$/i.test(code.trim())) problems.push('ORDER BY at the end');
  return problems;
}
