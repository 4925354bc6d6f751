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

/** A table of at most so many columns of the terminal: spare columns go first, then texts and titles are cut. */
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
  const contents = columns.map((_column, index) =>
    Math.max(NARROWEST, ...cells.map((row) => widthOf(row[index]?.text ?? ''))),
  );
  const shortest = columns.map(({ align }, index) => (align === 'right' ? contents[index]! : NARROWEST));
  const of = (all: readonly number[]) => kept.map((index) => all[index]!);
  // Titles first; numbers are never cut.
  const widths = cut(cut(of(natural), of(contents), width), of(shortest), width);
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

/** Takes from the widest column until the line fits, or none is wider than it has to be. */
function cut(natural: readonly number[], narrowest: readonly number[], width: number): number[] {
  const widths = [...natural];
  while (total(widths) > width) {
    let widest = -1;
    for (const [position, one] of widths.entries()) {
      if (one > narrowest[position]! && (widest < 0 || one > widths[widest]!)) widest = position;
    }
    if (widest < 0) break;
    widths[widest]! -= 1;
  }
  return widths;
}
