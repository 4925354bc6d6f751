import type { CellRow } from '#core/results/cell-columns.ts';
import type {
  CellComparison,
  Comparison,
  CostComparison,
  DeploymentComparison,
  Judgement,
  Verdict,
} from '#core/results/compare/compare.ts';
import type { Effect } from '#core/results/compare/effect.ts';
import { METRICS } from '#core/results/load-points.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { markedRows } from './compare-marks.ts';
import { counted, figure, usd } from './format.ts';
import { rowLabels } from './labels.ts';
import { simulatedLines } from './simulated.ts';
import { table } from './table.ts';

interface Look {
  width: number;
  paint: Paint;
}

export interface Compared {
  run: string;
  baseline: string;
  /** As a share. */
  threshold: number;
  comparison: Comparison;
}

const STYLES = {
  regression: 'red',
  improvement: 'green',
  'no-regression': 'dim',
  inconclusive: 'yellow',
} as const satisfies Record<Judgement, Parameters<Paint>[0]>;

const HEADINGS: Record<Verdict, string> = {
  regression: 'REGRESSION',
  'no-regression': 'NO REGRESSION',
  inconclusive: 'INCONCLUSIVE',
};

/** More than fit on a screen help nobody; --json has all. */
const MOST_LINES = 40;

/** The verdict, the answer, the cells that changed or may have, and what was not compared. */
export function comparisonLines(compared: Compared, look: Look): string[] {
  const { comparison, run, baseline } = compared;
  const names = labelsOf(comparison);
  const heading = `${HEADINGS[comparison.verdict]}: ${run} against ${baseline}`;
  const shown = cellsShown(comparison);
  return [
    look.paint(STYLES[comparison.verdict], look.paint('bold', heading)),
    ...wrapped(oneLine(meaningOf(compared)), look.width),
    ...answerTable(comparison, names, look),
    ...cheaperBeforeLines(comparison, names, look),
    ...priceLines(comparison, names, look),
    ...cellTable(shown, names, look),
    ...(comparison.cells.length === 0 ? [] : [look.paint('dim', countOf(comparison.cells))]),
    ...assumedLines([...comparison.costs, ...comparison.deployments, ...shown.slice(0, MOST_LINES)], look),
    ...disagreements(comparison, names, look),
    ...leftLines(comparison, names, look),
    ...simulatedLines(markedRows(comparison), look),
  ];
}

/** Those that changed first, then those of which nobody knows: of the others there is nothing to tell. */
function cellsShown({ cells }: Comparison): CellComparison[] {
  const of = (wanted: readonly Judgement[]) => cells.filter(({ judgement }) => wanted.includes(judgement));
  return [...of(['regression', 'improvement']), ...of(['inconclusive'])];
}

function meaningOf({ comparison, threshold }: Compared): string {
  const percent = `${figure(threshold * 100)} %`;
  const { costs, deployments, cells } = comparison;
  switch (comparison.verdict) {
    case 'regression':
      return `Something is worse by more than ${percent}, and that is hardly chance: of twenty comparisons of runs that are alike, no more than one says so.`;
    case 'no-regression':
      return `${costs.length === 0 ? 'No deployment' : 'No deployment, and not the best price of what both measured,'} is worse by ${percent}: the 95 % intervals leave no room for it.`;
    case 'inconclusive':
      if (cells.length === 0) return 'The two runs have no load with valid figures in common.';
      return [...costs, ...deployments].some(({ judgement }) => judgement === 'inconclusive')
        ? `A change of ${percent} can neither be shown nor be excluded: measure each cell more often ("repeats": 3 or more, in both runs), or give a larger --threshold.`
        : 'What both runs measured is none the worse, but not all of it could be compared.';
  }
}

function answerTable({ costs, deployments }: Comparison, names: Names, look: Look): string[] {
  if (costs.length + deployments.length === 0) return [];
  const rows = [
    ...costs.map((cost) => ['best $/M tokens', bestNames(cost, names), ...tail(cost)]),
    ...deployments.map((one) => ['tokens/s', names(rowOf(one)), ...tail(one)]),
  ];
  const columns = [{ title: 'figure' }, { title: 'of' }, ...TAIL];
  return ['', ...table(columns, rows, look)];
}

/** What the run did not measure again may have been the answer. */
function cheaperBeforeLines({ costs }: Comparison, names: Names, { width, paint }: Look): string[] {
  return costs.flatMap(({ cheaperBefore }) => {
    if (cheaperBefore === undefined) return [];
    const [row] = cheaperBefore.rows as [CellRow];
    const text = `Cheaper still in ${row.run_id} was ${names(row)} ${load(row)} at ${usd(cheaperBefore.usdPerMillion)}/M tokens, which is not compared.`;
    return wrapped(oneLine(text), width).map((line) => paint('yellow', line));
  });
}

/** Every dollar figure carries the price that it was computed from. */
function priceLines({ costs }: Comparison, names: Names, { width, paint }: Look): string[] {
  const priced = costs.flatMap(({ run, baseline, cheaperBefore }) =>
    [run, baseline, ...(cheaperBefore === undefined ? [] : [cheaperBefore])].map(({ rows, usdPerHour }) => {
      const row = rows[0] as CellRow;
      const facts = [row.price_source, row.price_effective_at].filter((fact) => fact !== null).join(', ');
      return `${names(row)} in ${row.run_id}: ${usd(usdPerHour)}/h with fee (${facts})`;
    }),
  );
  return [...new Set(priced)].flatMap((text) => wrapped(oneLine(text), width).map((line) => paint('dim', line)));
}

const TAIL = [
  { title: 'change', align: 'right' as const },
  { title: '95 % interval', align: 'right' as const, spare: 1 },
  { title: 'verdict' },
];

/** The mark stands before the change, which is shown on every terminal and never cut. */
const tail = ({ effect, judgement }: { effect: Effect; judgement: Judgement }) => [
  `${effect.basis === 'assumed' ? '* ' : ''}${signed(effect.change)}`,
  `${signed(effect.low)} .. ${signed(effect.high)}`,
  { text: judgement, style: STYLES[judgement] },
];

function cellTable(cells: readonly CellComparison[], names: Names, look: Look): string[] {
  if (cells.length === 0) return [];
  const columns = [
    { title: 'deployment' },
    { title: 'load' },
    { title: 'figure' },
    { title: 'baseline', align: 'right' as const, spare: 3 },
    { title: 'run', align: 'right' as const, spare: 2 },
    ...TAIL,
  ];
  const rows = cells.slice(0, MOST_LINES).map((cell) => {
    const row = cell.pair.run.rows[0] as CellRow;
    return [names(row), load(row), METRICS[cell.metric].name, figure(cell.baseline), figure(cell.run), ...tail(cell)];
  });
  const more = cells.length - rows.length;
  return [
    '',
    ...table(columns, rows, look),
    ...(more > 0 ? [`and ${counted(more, 'more figure')}; --json has all`] : []),
  ];
}

function countOf(cells: readonly CellComparison[]): string {
  const counts = Map.groupBy(cells, ({ judgement }) => judgement);
  const parts = [...counts].map(([judgement, all]) => `${all.length} ${judgement}`);
  return `${counted(cells.length, 'figure')} of cells: ${parts.join(', ')}`;
}

/** What the mark means, where a line that is shown bears it. */
function assumedLines(shown: readonly { effect: Effect }[], { width, paint }: Look): string[] {
  if (!shown.some(({ effect }) => effect.basis === 'assumed')) return [];
  const text = '* one repeat only: its noise is assumed (docs/measurement.md)';
  return wrapped(text, width).map((line) => paint('dim', line));
}

function disagreements({ cells }: Comparison, names: Names, look: Look): string[] {
  const points = new Set(cells.flatMap(({ pair }) => [pair.run, pair.baseline]));
  return [...points].flatMap(({ rows, disagreements: metrics, metrics: summaries }) =>
    metrics.flatMap((metric) => {
      const [row, summary] = [rows[0] as CellRow, summaries[metric]];
      const text = `The repeats of ${names(row)} ${load(row)} in ${row.run_id} disagree in ${METRICS[metric].name}: ${figure(summary?.min)} to ${figure(summary?.max)}.`;
      return wrapped(oneLine(text), look.width).map((line) => look.paint('yellow', line));
    }),
  );
}

function leftLines({ left }: Comparison, names: Names, { width }: Look): string[] {
  if (left.length === 0) return [];
  const lines = left
    .slice(0, MOST_LINES)
    .flatMap(({ row, reason }) => wrapped(oneLine(`${names(row)} ${load(row)}: ${reason}`), width, '  '));
  const more = left.length - MOST_LINES;
  return ['', 'Not compared:', ...lines, ...(more > 0 ? [`  and ${counted(more, 'more load')}; --json has all`] : [])];
}

type Names = (row: CellRow) => string;

function labelsOf({ cells, costs, left }: Comparison): Names {
  const rows = [
    ...cells.flatMap(({ pair }) => pair.run.rows),
    ...left.map(({ row }) => row),
    ...costs.flatMap(({ cheaperBefore }) => cheaperBefore?.rows ?? []),
  ];
  const labels = rowLabels(rows);
  return (row) => labels.get(row.deployment_id) ?? row.deployment_id;
}

const rowOf = ({ pairs: [pair] }: DeploymentComparison): CellRow => pair?.run.rows[0] as CellRow;

function bestNames({ run, baseline, priceChange }: CostComparison, names: Names): string {
  const [now, before] = [run, baseline].map(
    ({ rows, usdPerMillion }) => `${names(rows[0] as CellRow)} ${usd(usdPerMillion)}`,
  );
  const price = Math.abs(priceChange) < 5e-4 ? '' : ` (its price an hour ${signed(priceChange)})`;
  return `${now}, was ${before}${price}`;
}

const load = ({ concurrency, request_rate_per_s: rate }: CellRow): string =>
  concurrency === null ? `rate=${rate}/s` : `concurrency=${concurrency}`;

const signed = (share: number): string => `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)} %`;
