import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { escaped, Html } from '../html.ts';

// Only what the figures need: a Lambda's bundle holds what is named here.
use([LineChart, BarChart, CustomChart, GridComponent, LabelLayout, SVGRenderer]);

export interface Size {
  width: number;
  height: number;
}

/** What a mark of a figure leads to, by the indexes of its series and of its value. */
export type LinkOf = (series: number, index: number) => { href: string; title: string } | undefined;

/** A figure as SVG: colours are the page's variables, so that it follows light, dark and print. */
export function svgOf(options: EChartsCoreOption, { width, height }: Size, name: string, linkOf: LinkOf): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...options });
    return new Html(cleaned(chart.renderToSVGString(), name, linkOf));
  } finally {
    // It would keep the process alive.
    chart.dispose();
  }
}

const MARK = /<path ([^>]*?)ecmeta_series_index="(\d+)" ecmeta_data_index="(\d+)"[^>]*><\/path>/g;

/**
 * ECharts numbers its ids within the process; here they are the figure's own, since a page has several figures and
 * is to be the same each time. Its styles are for hovering by script. Marks become links, each with its figures.
 */
const cleaned = (svg: string, name: string, linkOf: LinkOf): string =>
  svg
    .replace(/<style ?>[\s\S]*?<\/style>/, '')
    .replace(/ class="zr\d+-[^"]*"/g, '')
    .replace(/\bzr\d+-/g, `${name}-`)
    .replace(MARK, (_, shape: string, series: string, index: string) => {
      const path = `<path ${shape.trim()}>`;
      const link = linkOf(Number(series), Number(index));
      if (link === undefined) return `${path}</path>`;
      return `<a href="${escaped(link.href)}" tabindex="-1">${path}<title>${escaped(link.title)}</title></path></a>`;
    })
    .replace(/ ecmeta_\w+="[^"]*"/g, '')
    .replace(/^<svg ([^>]*)>/, (_, attributes: string) => {
      const size = attributes.replace(/ ?(?:xmlns(?::\w+)?|version|baseProfile)="[^"]*"/g, '').trim();
      return `<svg ${size} aria-hidden="true" focusable="false">`;
    });
