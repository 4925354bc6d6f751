import type { EChartsCoreOption } from 'echarts/core';
import { type Html, html, NOTHING } from '../html.ts';
import { type Form, SIZES } from './look.ts';
import { type LinkOf, svgOf } from './svg.ts';

export interface Figure {
  /** Letters and digits; no other figure of the page has it. */
  name: string;
  title: string;
  /** What is to be seen, and how to read it. */
  caption: Html | string;
  simulated: boolean;
  options(form: Form): EChartsCoreOption;
  linkOf: LinkOf;
  /** Where the usual size does not fit. */
  height?: number;
  wideWidth?: number;
  legend?: Html;
}

export const SIMULATED_MARK = html`<strong class="simulated-mark">SIMULATED</strong>`;
export const EXTRAPOLATED_MARK = html`<strong class="simulated-mark">EXTRAPOLATED</strong>`;

/** What it shows stands in the table that follows it too: a drawing is for the eye. */
export function figure({ name, title, caption, simulated, options, linkOf, height, wideWidth, legend }: Figure): Html {
  const drawn = (form: Form): Html => {
    const width = form === 'wide' ? (wideWidth ?? SIZES.wide.width) : SIZES.narrow.width;
    return svgOf(options(form), { width, height: height ?? SIZES[form].height }, `${name}-${form}`, linkOf);
  };
  return html`<figure>
<h3>${title}${simulated ? html` ${SIMULATED_MARK}` : NOTHING}</h3>
<div class="wide">${drawn('wide')}</div><div class="narrow">${drawn('narrow')}</div>
${legend ?? NOTHING}<figcaption>${caption}</figcaption>
</figure>`;
}
