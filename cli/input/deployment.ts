import type { CellRow } from '#core/results/cell-columns.ts';
import { rowLabels } from '../render/labels.ts';

/** A deployment as people may mean it. */
export interface KnownDeployment {
  id: string;
  /** `g5.12xlarge TP=4`, with what else tells it from the others of its run. */
  label: string;
  /** Words in lower case, each of which says something of it. */
  words: ReadonlySet<string>;
  cells: readonly string[];
}

export function deploymentsOf(rows: readonly CellRow[]): KnownDeployment[] {
  const labels = rowLabels(rows);
  return [...Map.groupBy(rows, ({ deployment_id }) => deployment_id)].map(([id, own]) => {
    const [row] = own as [CellRow];
    const label = labels.get(id) ?? id;
    const model = row.model ?? '';
    const words = wordsOf(
      [label, row.instance_type, model, model.split('/').at(-1) ?? '', row.engine].join(' ') +
        (row.pipeline_parallel === null ? '' : ` PP=${row.pipeline_parallel}`),
    );
    return { id, label, words: new Set(words), cells: own.map(({ cell_id }) => cell_id) };
  });
}

/**
 * Those that are meant by an id or by the beginning of one, by a cell's, or by words of their configuration:
 * `g5.12xlarge, TP 4` as a report names them, `g5.12xlarge TP=4` as the terminal does, or with the model's name.
 */
export function meantBy(text: string, known: readonly KnownDeployment[]): readonly KnownDeployment[] {
  const exact = known.filter(({ id, cells }) => id === text || cells.includes(text));
  if (exact.length > 0) return exact;
  const words = wordsOf(text);
  const byWords = known.filter((one) => words.length > 0 && words.every((word) => one.words.has(word)));
  if (byWords.length > 0) return byWords;
  return text === '' ? [] : known.filter(({ id, cells }) => [id, ...cells].some((one) => one.startsWith(text)));
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/\b([tp]p)\s*=?\s*(\d+)\b/g, '$1=$2')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
