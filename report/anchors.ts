import type { CellRow } from '#core/results/cell-columns.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { runPrefix } from '#core/results/layout.ts';
import { type Html, html, type Part } from './html.ts';

/** Ids in a page, and what is beside it in the store: the page stands in the run's folder. */
export const cellAnchor = (cell: string): string => `cell-${cell}`;
export const nodeAnchor = (deployment: string, attempt: number): string => `node-${deployment}-${attempt}`;

const inUrl = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** Undefined for one of another run's folder. */
export const artifactsUrl = ({ run_id, artifacts }: CellRow): string | undefined =>
  artifacts?.startsWith(runPrefix(run_id)) ? inUrl(artifacts.slice(runPrefix(run_id).length)) : undefined;

export const rowUrl = ({ cell_id }: CellRow): string => `rows/${inUrl(cell_id)}.json`;

/** What is known of a node, as it was recorded. */
export const recordUrl = ({ deployment_id, attempt }: DeploymentRow): string =>
  `deployments/${inUrl(deployment_id)}/${attempt}.json`;

/** To the first of the rows that a figure was computed from; its repeats follow it. */
export const toRows = (rows: readonly CellRow[], text: Part): Html | Part =>
  rows[0] === undefined || text === '–' ? text : html`<a href="#${cellAnchor(rows[0].cell_id)}">${text}</a>`;
