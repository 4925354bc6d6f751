import type { CellRow } from '#core/results/cell-columns.ts';
import { short } from './format.ts';
import { type Html, html } from './html.ts';

const length = (mean: number, deviation: number): string =>
  deviation === 0 ? short(mean) : `${short(mean)} ± ${short(deviation)}`;

/** What is asked of a deployment, in a line. */
export const workloadText = (row: CellRow): Html =>
  html`<bdi>${row.model ?? 'model unknown'}</bdi>, ${length(row.isl_tokens, row.isl_stddev_tokens)} tokens in, ${length(row.osl_tokens, row.osl_stddev_tokens)} out (${row.endpoint}${row.streaming ? ', streamed' : ''}${row.dataset === 'synthetic' ? '' : html`, <bdi>${row.dataset}</bdi>`})${row.simulated ? ', simulated' : ''}`;
