import type { Look } from '../deployment-names.ts';
import { Html, html } from '../html.ts';
import { type Named, named } from '../marks.ts';

const SHAPES: Record<Look['symbol'], string> = {
  circle: '<circle cx="18" cy="8" r="4.5"/>',
  rect: '<rect x="13.5" y="3.5" width="9" height="9"/>',
  triangle: '<path d="M18 3l5 10h-10z"/>',
  diamond: '<path d="M18 2l6 6-6 6-6-6z"/>',
};

/** The mark and the line of a deployment as the figures have them. */
const swatch = ({ colour, symbol, hollow, dash }: Look): Html =>
  new Html(
    `<svg class="swatch" width="36" height="16" aria-hidden="true" focusable="false"><path d="M0 8h36" stroke="${colour}" stroke-width="2"${dash === 'solid' ? '' : ` stroke-dasharray="${dash.join(' ')}"`}/><g fill="${hollow ? 'var(--page)' : colour}" stroke="${colour}" stroke-width="2">${SHAPES[symbol]}</g></svg>`,
  );

export const legend = (names: readonly (Named & { look: Look })[]): Html =>
  html`<ul class="legend">${names.map((name) => html`<li>${swatch(name.look)} ${named(name, '')}</li>`)}</ul>`;
