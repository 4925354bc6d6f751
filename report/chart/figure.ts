import type { EChartsCoreOption } from 'echarts/core';
import type { Mark } from '#core/results/marks.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { marked } from '../marks.ts';
import { type Form, SIZES } from './look.ts';
import { type LinkOf, svgOf } from './svg.ts';

export interface Figure {
  /** Letters and digits; no other figure of the page has it. */
  name: string;
  title: string;
  /** What is to be seen, and how to read it. */
  caption: Html | string;
  /** Of everything that is drawn. */
  marks: readonly Mark[];
  options(form: Form): EChartsCoreOption;
  linkOf: LinkOf;
  /** Where the usual size does not fit. */
  height?: number;
  wideWidth?: number;
  legend?: Html;
}

/** What it shows stands in the table that follows it too: a drawing is for the eye. */
export function figure({ name, title, caption, marks, options, linkOf, height, wideWidth, legend }: Figure): Html {
  const drawn = (form: Form): Html => {
    const width = form === 'wide' ? (wideWidth ?? SIZES.wide.width) : SIZES.narrow.width;
    return svgOf(options(form), { width, height: height ?? SIZES[form].height }, `${name}-${form}`, linkOf);
  };
  return html`<figure>
<h3>${title}${marked(marks)}</h3>
<div class="wide">${drawn('wide')}</div><div class="narrow">${drawn('narrow')}</div>
${legend ?? NOTHING}<figcaption>${caption}</figcaption>
</figure>`;
}
