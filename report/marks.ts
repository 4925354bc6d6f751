import type { Mark } from '#core/results/marks.ts';
import type { DeploymentName } from './deployment-names.ts';
import { type Html, html } from './html.ts';

/** Beside a figure, a heading or a name: what its numbers are not. Each has a space before it. */
export const marked = (marks: readonly Mark[]): Html =>
  html`${marks.map((mark) => html` <strong class="simulated-mark">${mark}</strong>`)}`;

/** Where the top says that all is simulated: which of it is extrapolated, too. */
export const extrapolatedMark = (extrapolated: boolean): Html => marked(extrapolated ? ['EXTRAPOLATED'] : []);

export type Named = Pick<DeploymentName, 'letter' | 'text'> & Partial<Pick<DeploymentName, 'extrapolated'>>;

/**
 * A deployment as lists and tables name it. That it is simulated stands at the top, and most often it is all of them;
 * which of those are extrapolated stands at each.
 */
export const named = (name: Named | undefined, otherwise: string): Html =>
  html`<b>${name?.letter ?? ''}</b> <bdi>${name?.text ?? otherwise}</bdi>${extrapolatedMark(name?.extrapolated === true)}`;
