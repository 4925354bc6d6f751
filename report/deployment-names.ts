import type { CellRow } from '#core/results/cell-columns.ts';
import { extrapolatedDeployments } from '#core/results/marks.ts';
import { argumentsOf } from '#core/results/row-arguments.ts';

/** How a deployment is called and drawn, the same in every figure and table of a page. */
export interface DeploymentName {
  /** `A`, `B` and so on, the cheapest first. */
  letter: string;
  /** `g5.12xlarge, TP 4`, with what else tells it from the others of the page. */
  text: string;
  /** Whether its figures are of an engine model outside of what that was fitted to. */
  extrapolated: boolean;
  look: Look;
}

/** Colour, shape and line: any one of them tells deployments apart, in print and to the colour-blind. */
export interface Look {
  colour: string;
  symbol: 'circle' | 'rect' | 'triangle' | 'diamond';
  hollow: boolean;
  dash: 'solid' | number[];
}

const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'] as const;
const DASHES: readonly Look['dash'][] = ['solid', [7, 4], [2, 3], [9, 3, 2, 3]];

/** So many deployments can be told apart in one figure. */
export const MOST_LOOKS = 8;

export const lookOf = (index: number): Look => ({
  colour: `var(--c${index % MOST_LOOKS})`,
  symbol: SYMBOLS[index % SYMBOLS.length] as Look['symbol'],
  hollow: index % MOST_LOOKS >= SYMBOLS.length,
  // Shifted after four, so that no two of eight have both shape and line in common.
  dash: DASHES[(index + Math.floor(index / DASHES.length)) % DASHES.length] as Look['dash'],
});

/** 0 is A, 25 Z, 26 AA. */
export const letterOf = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : letterOf(Math.floor(index / 26) - 1) + letterOf(index % 26);

/** @param order ids of deployments, the best first. */
export function namesOf(rows: readonly CellRow[], order: readonly string[]): Map<string, DeploymentName> {
  const first = new Map<string, CellRow>();
  for (const row of rows) if (!first.has(row.deployment_id)) first.set(row.deployment_id, row);
  const ids = [...new Set([...order.filter((id) => first.has(id)), ...first.keys()])];
  const plain = ids.map((id) => settings(first.get(id) as CellRow));
  const alike = Map.groupBy(plain, (one) => one);
  const extrapolated = extrapolatedDeployments(rows);
  const manyModels = new Set([...first.values()].map(({ model }) => model)).size > 1;
  return new Map(
    ids.map((id, index) => {
      const row = first.get(id) as CellRow;
      const own = plain[index] as string;
      const ambiguous = (alike.get(own)?.length ?? 0) > 1;
      const parts = [
        own,
        ...(manyModels && row.model !== null ? [row.model] : []),
        ...(ambiguous && row.engine_arguments !== null && row.engine_arguments !== '[]'
          ? [argumentsOf(row).join(' ')]
          : []),
      ];
      return [
        id,
        { letter: letterOf(index), text: parts.join(', '), extrapolated: extrapolated.has(id), look: lookOf(index) },
      ];
    }),
  );
}

const settings = ({ instance_type, tensor_parallel, pipeline_parallel }: CellRow): string =>
  [
    instance_type,
    ...(tensor_parallel === null ? [] : [`TP ${tensor_parallel}`]),
    ...(pipeline_parallel === null || pipeline_parallel === 1 ? [] : [`PP ${pipeline_parallel}`]),
  ].join(', ');

export const loadText = (load: { concurrency: number | null; requestRate: number | null }): string =>
  load.concurrency === null ? `${load.requestRate ?? '?'} requests/s` : `concurrency ${load.concurrency}`;
