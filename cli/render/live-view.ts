import { countCells, type DeploymentOverview, overview } from '#core/progress/overview.ts';
import type { CellProgress, RunProgress } from '#core/progress/progress.ts';
import type { Paint } from '../terminal/paint.ts';
import { truncated } from '../terminal/printable.ts';
import { clock, counted, usd } from './format.ts';
import { type TableCell, table } from './table.ts';

export interface LiveView {
  progress: RunProgress;
  /** By id. */
  deployments: ReadonlyMap<string, string>;
  cells: ReadonlyMap<string, string>;
  nowMs: number;
  /** What was said to the person while the run went on: that it is being stopped, for example. */
  notice: string;
}

interface Look {
  width: number;
  height: number;
  paint: Paint;
}

/** Lines around the table of deployments. */
const FRAME_LINES = 6;

/** The run as it is now, in as many lines as the terminal has at most. */
export function liveLines(view: LiveView, look: Look): string[] {
  const { progress, nowMs } = view;
  const all = progress.deployments.map((deployment) => overview(progress, deployment, nowMs));
  const shown = mostTelling(all, Math.max(1, look.height - FRAME_LINES));
  const hidden = all.length - shown.length;
  const lines = [
    header(view, all, look),
    ...table(
      COLUMNS,
      shown.map((one) => row(one, view)),
      look,
    ),
    ...(hidden === 0 ? [] : [look.paint('dim', `and ${counted(hidden, 'more deployment')}`)]),
    ...(view.notice === '' ? [] : [look.paint('yellow', truncated(view.notice, look.width))]),
  ];
  return lines;
}

const COLUMNS = [
  { title: 'deployment' },
  { title: 'phase' },
  { title: 'cells' },
  { title: 'elapsed', align: 'right', spare: 1 },
  { title: 'node cost', align: 'right' },
  { title: 'now', spare: 2 },
] as const;

function header({ progress, nowMs }: LiveView, all: readonly DeploymentOverview[], { paint, width }: Look): string {
  const { run } = progress;
  const counts = countCells(all);
  const done = all.reduce((sum, { cellsDone }) => sum + cellsDone, 0);
  const total = all.reduce((sum, { cells }) => sum + cells.length, 0);
  // An execution that was stopped has ended, but its nodes are still there.
  const releasing = run.phase === 'ended' && run.outcome !== 'SUCCEEDED' && run.releasedAtMs === undefined;
  const untilMs = releasing ? nowMs : (run.releasedAtMs ?? run.endedAtMs ?? nowMs);
  const elapsed = run.startedAtMs === undefined ? 0 : (untilMs - run.startedAtMs) / 1000;
  const spent = all.reduce((sum, { spentUsd }) => sum + spentUsd, 0);
  const troubles = [
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.invalid > 0 ? [`${counts.invalid} not valid`] : []),
    ...(counts.unreached > 0 ? [`${counts.unreached} not reached`] : []),
  ];
  const text = [
    releasing ? 'releasing' : run.phase === 'ended' ? (run.outcome ?? 'ended') : run.phase,
    clock(elapsed),
    `${done}/${counted(total, 'cell')}`,
    ...troubles,
    `GPU nodes ${usd(spent)} at AWS prices`,
  ].join(' · ');
  return paint('bold', truncated(text, width));
}

function row(one: DeploymentOverview, { deployments, cells, progress }: LiveView): TableCell[] {
  const deployment = progress.deployments.find(({ id }) => id === one.id);
  const current = one.cells.find(({ status }) => status === 'running' || status === 'recording');
  const failed = one.cells.some(({ status }) => status === 'failed');
  const now =
    current !== undefined
      ? (cells.get(current.id) ?? current.id)
      : (deployment?.failure?.cause ?? (deployment?.outcome === 'not-released' ? 'its node is not gone yet' : ''));
  return [
    { text: deployments.get(one.id) ?? one.id },
    { text: one.phase, style: failed ? 'red' : one.phase === 'done' ? 'green' : 'cyan' },
    { text: strip(one) },
    { text: one.elapsedMs === 0 ? '' : clock(one.elapsedMs / 1000) },
    { text: usd(one.spentUsd) },
    {
      text: now.split('\n')[0] ?? '',
      ...(current === undefined && failed && now !== '' ? { style: 'red' as const } : {}),
    },
  ];
}

const MARKS: Record<CellProgress['status'], string> = {
  waiting: '·',
  running: '▸',
  recording: '▸',
  valid: '●',
  invalid: '!',
  failed: '✗',
  unreached: '–',
  earlier: '○',
};

/** More marks than this nobody counts. */
const MOST_MARKS = 16;

/** `●●▸··· 2/6`: one mark a cell, where they are few. */
function strip({ cells, cellsDone }: DeploymentOverview): string {
  const count = `${cellsDone}/${cells.length}`;
  if (cells.length > MOST_MARKS) return count;
  const marks = cells.map(({ status }) => MARKS[status]).join('');
  return `${marks} ${count}`;
}

/** Where not all fit: those under way first, then those that wait, in the order of the plan. */
function mostTelling(all: readonly DeploymentOverview[], room: number): readonly DeploymentOverview[] {
  if (all.length <= room) return all;
  const rank = ({ phase }: DeploymentOverview): number => (phase === 'done' ? 2 : phase === 'waiting' ? 1 : 0);
  const chosen = new Set([...all].sort((a, b) => rank(a) - rank(b)).slice(0, room));
  return all.filter((one) => chosen.has(one));
}
