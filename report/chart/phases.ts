import { NODE_PHASES } from '#core/plan/types.ts';
import type { DeploymentRow } from '#core/results/deployment-columns.ts';
import { nodeAnchor } from '../anchors.ts';
import { usd } from '../format.ts';
import { Html, html } from '../html.ts';
import type { Figure } from './figure.ts';
import { INK, text, valueAxis } from './look.ts';

/** Each phase has its colour and its pattern. */
const PATTERNS = {
  launch: { dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 },
  pull: { dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
  load: { dashArrayX: [1, 0], dashArrayY: [1, 4], rotation: 0 },
  measure: undefined,
  idle: {
    symbol: 'circle',
    dashArrayX: [
      [5, 5],
      [0, 5, 5, 0],
    ],
    dashArrayY: [5, 0],
    symbolSize: 0.6,
  },
  release: { dashArrayX: [1, 0], dashArrayY: [1, 4], rotation: Math.PI / 2 },
} as const;

const BAR = 34;

/** What each node cost, by what it did. */
export function phases(
  nodes: readonly { node: DeploymentRow; label: string; short: string }[],
): Pick<Figure, 'options' | 'linkOf' | 'height' | 'wideWidth' | 'legend'> {
  // Less than can be paid has no ticks.
  const nothing = nodes.every(({ node }) => node.total_usd < 1e-4);
  return {
    height: nodes.length * BAR + 90,
    wideWidth: 1000,
    options: (form) => ({
      grid: { left: form === 'wide' ? 190 : 56, right: form === 'wide' ? 70 : 52, top: 10, bottom: 52 },
      xAxis: {
        ...valueAxis('US dollars', 'x', (amount) => `$${amount}`),
        min: 0,
        ...(nothing ? { max: 0.01 } : {}),
        splitNumber: form === 'wide' ? 6 : 3,
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: nodes.map(({ label, short }) => (form === 'wide' ? label : short)),
        axisLine: { lineStyle: { color: 'var(--muted)' } },
        axisTick: { show: false },
        axisLabel: { ...text(form === 'wide' ? 12 : 11), width: form === 'wide' ? 180 : 50, overflow: 'break' },
      },
      series: [
        ...NODE_PHASES.map((phase) => ({
          type: 'bar' as const,
          stack: 'node',
          barWidth: 20,
          itemStyle: {
            color: `var(--phase-${phase})`,
            borderColor: 'var(--page)',
            borderWidth: 1,
            ...(PATTERNS[phase] === undefined ? {} : { decal: { color: 'var(--pattern)', ...PATTERNS[phase] } }),
          },
          data: nodes.map(({ node }) => node[`${phase}_usd`]),
        })),
        {
          type: 'bar',
          stack: 'node',
          silent: true,
          data: nodes.map(() => 0),
          label: {
            show: true,
            position: 'right',
            ...text(12),
            formatter: ({ dataIndex }: { dataIndex: number }) => usd(nodes[dataIndex]?.node.total_usd),
          },
        },
      ],
    }),
    linkOf: (series, index) => {
      const node = nodes[index]?.node;
      const phase = NODE_PHASES[series];
      if (node === undefined || phase === undefined) return undefined;
      return {
        href: `#${nodeAnchor(node.deployment_id, node.attempt)}`,
        title: `${nodes[index]?.label}, ${phase}: ${usd(node[`${phase}_usd`])}`,
      };
    },
    legend: html`<ul class="legend">${NODE_PHASES.map((phase) => html`<li>${phaseSwatch(phase)} ${phase}</li>`)}</ul>`,
  };
}

/** The patterns of the bars, as near as they come by hand. */
const STRIPES: Record<(typeof NODE_PHASES)[number], string> = {
  launch: '<path d="M0 16l16-16M10 16l16-16M20 16l16-16"/>',
  pull: '<path d="M0 0l16 16M10 0l16 16M20 0l16 16"/>',
  load: '<path d="M0 4h28M0 8h28M0 12h28"/>',
  measure: '',
  idle: '<path d="M4 8h2M11 4h2M11 12h2M18 8h2M25 4h2M25 12h2"/>',
  release: '<path d="M4 0v16M9 0v16M14 0v16M19 0v16M24 0v16"/>',
};

const phaseSwatch = (phase: (typeof NODE_PHASES)[number]): Html =>
  new Html(
    `<svg class="swatch" width="28" height="16" aria-hidden="true" focusable="false"><rect width="28" height="16" fill="var(--phase-${phase})" stroke="${INK}" stroke-width=".5"/><g stroke="var(--pattern)" stroke-width="1.5">${STRIPES[phase]}</g></svg>`,
  );
