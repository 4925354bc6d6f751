import type { SqlRow, SqlValue } from '#core/ports/sql.ts';
import type { QueryFile } from '#core/results/query-file.ts';
import { type Html, html } from './html.ts';

const shown = (value: SqlValue | undefined): string => {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 5 });
};

/** An answer as a table: columns and their meaning from the head of its query. */
export function table(query: QueryFile, rows: readonly SqlRow[]): Html {
  if (rows.length === 0) return html`<p>No rows.</p>`;
  const head = query.columns.map(
    (column) =>
      html`<th scope="col" title="${column.meaning}">${column.name}${column.unit === null ? '' : html`<small>${column.unit}</small>`}</th>`,
  );
  const body = rows.map((row) => {
    const cells = query.columns.map(({ name }) => {
      const value = row[name];
      return html`<td class="${typeof value === 'number' ? 'number' : 'text'}">${shown(value)}</td>`;
    });
    return html`<tr>${cells}</tr>`;
  });
  return html`<div class="scroll" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
