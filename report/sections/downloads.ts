import type { CellRow } from '#core/results/cell-columns.ts';
import { cellsCsv, cellsJson } from '../csv.ts';
import { type Html, html } from '../html.ts';

/** Some 3 kB each in both files. Browsers refuse to save a data: URL of more than 2 MB, and the page would double. */
const MOST_ROWS = 150;

/** The rows to take away: in the page itself while they are few, else the files beside it in the store. */
export function downloads(rows: readonly CellRow[], run: string): Html {
  const inside = rows.length <= MOST_ROWS;
  const link = (text: () => string, type: string, file: string): Html => {
    const url = inside ? `data:${type};charset=utf-8;base64,${Buffer.from(text()).toString('base64')}` : file;
    return html`<a href="${url}" download="${run}-${file}">${file}</a>`;
  };
  return html`<p>All columns of all cells: ${link(() => cellsCsv(rows), 'text/csv', 'cells.csv')}, ${link(() => cellsJson(rows), 'application/json', 'cells.json')}${inside ? '.' : ' (beside this page in the store).'} What each column means stands in docs/columns.md of StepBench.</p>`;
}
