import { overview } from '#core/progress/overview.ts';
import type { CellProgress, DeploymentProgress, RunProgress, TaskError } from '#core/progress/progress.ts';
import { oneLine } from '../terminal/printable.ts';
import { clock, duration } from './format.ts';

export interface Names {
  /** By id. */
  deployments: ReadonlyMap<string, string>;
  cells: ReadonlyMap<string, string>;
}

/** What has changed from one moment to a later one, a line each: for logs and pipes. */
export function changeLines(before: RunProgress, after: RunProgress, names: Names): string[] {
  if (before === after) return [];
  const texts = [
    ...runChanges(before, after),
    ...after.deployments.flatMap((deployment, index) => {
      const earlier = before.deployments[index];
      if (earlier === undefined || earlier === deployment) return [];
      const name = names.deployments.get(deployment.id) ?? deployment.id;
      return deploymentChanges(earlier, deployment, after, names).map((text) => `${name}: ${text}`);
    }),
  ];
  const startedAtMs = after.run.startedAtMs ?? after.lastEventAtMs;
  const time = clock((after.lastEventAtMs - startedAtMs) / 1000);
  return texts.map((text) => `${time} ${oneLine(text)}`);
}

function runChanges({ run: before }: RunProgress, { run }: RunProgress): string[] {
  const texts: string[] = [];
  if (run.phase !== before.phase && run.phase !== 'ended') texts.push(`run: ${run.phase}`);
  if (run.retries > before.retries) texts.push(`run: ${retry(run.lastError)}`);
  if (run.endedAtMs !== undefined && before.endedAtMs === undefined) texts.push(`run: ended, ${run.outcome}`);
  return texts;
}

function deploymentChanges(before: DeploymentProgress, after: DeploymentProgress, progress: RunProgress, names: Names) {
  const texts: string[] = [];
  // Between cells a deployment is idle for moments: cells have lines of their own.
  if (
    after.phase !== before.phase &&
    after.phase !== 'idle' &&
    !(after.phase === 'measure' && before.phase === 'idle')
  ) {
    texts.push(after.phase === 'done' ? done(after, progress) : after.phase);
  }
  if (after.retries > before.retries) texts.push(retry(after.lastError));
  if (after.failure !== undefined && before.failure === undefined) texts.push(`failed: ${reason(after.failure)}`);
  for (const [index, cell] of after.cells.entries()) {
    const earlier = before.cells[index];
    if (earlier === undefined || earlier.status === cell.status) continue;
    const text = cellChange(cell);
    if (text !== undefined) texts.push(`${names.cells.get(cell.id) ?? cell.id} ${text}`);
  }
  return texts;
}

function done(after: DeploymentProgress, progress: RunProgress): string {
  const { elapsedMs } = overview(progress, after, progress.lastEventAtMs);
  return `${outcome(after)} after ${duration(elapsedMs / 1000)}, its node is gone`;
}

/** A deployment counts as measured with one cell that was: how many others were not is said beside it. */
function outcome({ outcome, cells }: DeploymentProgress): string {
  const asked = cells.filter(({ status }) => status !== 'earlier');
  const measured = asked.filter(({ status }) => status === 'valid' || status === 'invalid');
  if (outcome !== 'measured' || measured.length === asked.length) return outcome ?? 'done';
  return `${measured.length} of ${asked.length} cells measured`;
}

function cellChange(cell: CellProgress): string | undefined {
  const took =
    cell.startedAtMs === undefined || cell.endedAtMs === undefined
      ? ''
      : ` after ${duration((cell.endedAtMs - cell.startedAtMs) / 1000)}`;
  switch (cell.status) {
    case 'running':
      return 'started';
    case 'valid':
      return `measured${took}`;
    case 'invalid':
      return `measured${took}, but not valid`;
    case 'failed':
      // A cell that never started fails with its deployment, which has a line of its own.
      if (cell.startedAtMs === undefined) return undefined;
      return `failed${took}${cell.failure === undefined ? '' : `: ${reason(cell.failure)}`}`;
    default:
      return undefined;
  }
}

const reason = ({ error, cause }: { error: string; cause: string }): string =>
  cause === '' || cause === error ? error : `${cause} (${error})`;

const retry = (last: TaskError | undefined): string =>
  last === undefined ? 'a task is called again' : `${last.state} is called again after ${last.error}: ${last.message}`;
