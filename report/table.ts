import { type Html, html, NOTHING, type Part } from './html.ts';

export interface TableColumn {
  title: Part;
  unit?: string | null;
  /** Numbers stand under each other; text breaks, and so does a name, which may be short. */
  kind?: 'number' | 'text' | 'name';
  meaning?: string;
}

export interface TableRow {
  /** Id of the row's element. */
  anchor?: string;
  best?: boolean;
  /** In the order of the columns; the first is the head of its row. */
  cells: readonly Part[];
}

export interface Table {
  /** What it holds; a screen reader says it first. */
  caption: string;
  columns: readonly TableColumn[];
  rows: readonly TableRow[];
}

const CLASS = { number: html` class="n"`, text: html` class="t"`, name: html` class="w"` } as const;

const classOf = (column: TableColumn | undefined): Html => (column?.kind === undefined ? NOTHING : CLASS[column.kind]);

/** A table that scrolls by itself where it is too wide, by keys too. */
export function table({ caption, columns, rows }: Table): Html {
  if (rows.length === 0) return html`<p>${caption}: none.</p>`;
  const head = columns.map(
    (column) =>
      html`<th scope="col"${classOf(column)}${column.meaning === undefined ? NOTHING : html` title="${column.meaning}"`}>${column.title}${column.unit == null ? NOTHING : html`<small>${column.unit}</small>`}</th>`,
  );
  const body = rows.map(({ anchor, best, cells }) => {
    const [first = '', ...others] = cells;
    const id = anchor === undefined ? NOTHING : html` id="${anchor}"`;
    return html`<tr${id}${best === true ? BEST : NOTHING}><th scope="row"${classOf(columns[0])}>${first}</th>${others.map(
      (cell, index) => html`<td${classOf(columns[index + 1])}>${cell}</td>`,
    )}</tr>\n`;
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}

const BEST = html` class="best"`;
