import type { Plan } from '#core/plan/types.ts';
import { usdPerHour } from '#core/pricing/quote.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { counted, duration, usd } from './format.ts';
import { deploymentLabels } from './labels.ts';
import { table } from './table.ts';

interface Look {
  width: number;
  paint: Paint;
}

/** What the run will do and what that costs in AWS, before anything starts. */
export function estimateLines(plan: Plan, look: Look): string[] {
  const { estimate, budgetUsd, totalCells, skippedCells, deployments, maxConcurrency } = plan;
  const { paint, width } = look;
  const left = deployments.reduce((sum, { cells }) => sum + cells.length, 0);
  const size = `${counted(left, 'cell')} on ${counted(deployments.length, 'deployment')}, ${maxConcurrency} at once`;
  const skipped = skippedCells === 0 ? '' : `; ${skippedCells} of ${totalCells} are there from before`;
  const heading = `${paint('bold', oneLine(plan.name))}: `;
  if (left === 0)
    return [`${heading}all ${counted(totalCells, 'cell')} are there from before, nothing is left to measure`];
  const labels = deploymentLabels(deployments);
  const rows = estimate.deployments.map((one) => {
    const deployment = deployments.find(({ id }) => id === one.deployment);
    return [
      labels.get(one.deployment) ?? one.instanceType,
      String(deployment?.cells.length ?? 0),
      duration(one.seconds),
      usd(usdPerHour(one.price)),
      usd(one.usd),
      deployment?.note ?? '',
    ];
  });
  return [
    `${heading}${size}${skipped}`,
    '',
    ...table(
      [
        { title: 'deployment' },
        { title: 'cells', align: 'right' },
        { title: 'time', align: 'right', spare: 1 },
        { title: '$/h with fee', align: 'right', spare: 2 },
        { title: 'cost', align: 'right' },
        { title: 'note', spare: 3 },
      ],
      rows,
      look,
    ),
    '',
    ...wrapped(
      `What this costs in AWS: about ${usd(estimate.totalUsd)} and ${duration(estimate.makespanSeconds)} (GPU nodes ${usd(estimate.gpuUsd)}, load generators ${usd(estimate.loadNodesUsd)}, rest ${usd(restUsd(plan))}); ${usd(estimate.worstCaseUsd)} at the very worst; budget ${usd(budgetUsd)}.`,
      width,
    ),
    ...priceSources(plan).flatMap((source) => wrapped(source, width).map((line) => paint('dim', line))),
  ];
}

const restUsd = ({ estimate }: Plan): number =>
  estimate.controlPlaneUsd + estimate.downloadsUsd + estimate.orchestrationUsd;

/** Where the prices were read, and from when they hold: each source once. */
export function priceSources({ estimate, region }: Plan): string[] {
  const quotes = [...estimate.deployments.map(({ price }) => price), estimate.loadNodePrice];
  const texts = quotes.map(({ source, effectiveAt }) => `${oneLine(source)}, ${effectiveAt}`);
  return [...new Set(texts)].map((text) => `Prices of ${region}: ${text}`);
}
