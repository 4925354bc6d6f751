import type { Paint } from '../terminal/paint.ts';
import { padded, printable, truncated, widthOf } from '../terminal/printable.ts';

export interface TableColumn {
  title: string;
  align?: 'left' | 'right';
  /** Columns that do not fit are left out, the highest number first; without one a column stays. */
  spare?: number;
}

export interface TableCell {
  text: string;
  style?: Parameters<Paint>[0];
}

const GAP = '  ';
const NARROWEST = 6;

/** A table of at most so many columns of the terminal: spare columns go first, then texts are cut. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | TableCell)[])[],
  { width, paint }: { width: number; paint: Paint },
): string[] {
  const cells = rows.map((row) => row.map((cell) => clean(typeof cell === 'string' ? { text: cell } : cell)));
  const natural = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...cells.map((row) => widthOf(row[index]?.text ?? ''))),
  );
  const kept = fitting(columns, natural, width);
  const widths = cut(columns, natural, kept, width);
  const line = (texts: readonly TableCell[], style?: TableCell['style']): string =>
    kept
      .map((index, position) => {
        const { text, style: own = style } = texts[index] ?? { text: '' };
        const shown = truncated(text, widths[position]!);
        const { align = 'left' } = columns[index]!;
        const last = position === kept.length - 1 && align === 'left';
        const full = last ? shown : padded(shown, widths[position]!, align);
        return own === undefined ? full : paint(own, full);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => ({ text: title })),
      'dim',
    ),
    ...cells.map((row) => line(row)),
  ];
}

const clean = (cell: TableCell): TableCell => ({ ...cell, text: printable(cell.text) });

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);

/** Positions of the columns that are shown. */
function fitting(columns: readonly TableColumn[], natural: readonly number[], width: number): number[] {
  let kept = columns.map((_column, index) => index);
  while (total(kept.map((index) => natural[index]!)) > width) {
    const spare = kept.filter((index) => columns[index]!.spare !== undefined);
    if (spare.length === 0) break;
    const first = spare.reduce((a, b) => (columns[b]!.spare! > columns[a]!.spare! ? b : a));
    kept = kept.filter((index) => index !== first);
  }
  return kept;
}

/** Takes from the widest text until the line fits; numbers are never cut. */
function cut(columns: readonly TableColumn[], natural: readonly number[], kept: readonly number[], width: number) {
  const widths = kept.map((index) => natural[index]!);
  while (total(widths) > width) {
    let widest = -1;
    for (const [position, index] of kept.entries()) {
      if (columns[index]!.align === 'right' || widths[position]! <= NARROWEST) continue;
      if (widest < 0 || widths[position]! > widths[widest]!) widest = position;
    }
    if (widest < 0) break;
    widths[widest]! -= 1;
  }
  return widths;
}
