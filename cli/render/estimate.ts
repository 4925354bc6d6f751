import { runsAlready } from '#core/plan/runs-already.ts';
import { spendingParts, spentUsd } from '#core/plan/spending.ts';
import type { Plan } from '#core/plan/types.ts';
import type { PriceQuote } from '#core/ports/prices.ts';
import { usdPerHour } from '#core/pricing/quote.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine, wrapped } from '../terminal/printable.ts';
import { counted, duration, usd } from './format.ts';
import { deploymentLabels } from './labels.ts';
import { eachListOnce } from './prices.ts';
import { table } from './table.ts';

interface Look {
  width: number;
  paint: Paint;
}

/** What the run will do and what that costs in AWS, before anything starts. */
export function estimateLines(plan: Plan, look: Look): string[] {
  const { estimate, totalCells, skippedCells, deployments, maxConcurrency } = plan;
  const { paint, width } = look;
  const left = deployments.reduce((sum, { cells }) => sum + cells.length, 0);
  const size = `${counted(left, 'cell')} on ${counted(deployments.length, 'deployment')}, ${maxConcurrency} at once${allRunAlready(plan) ? '' : ' in AWS'}`;
  const skipped = skippedCells === 0 ? '' : `; ${skippedCells} of ${totalCells} are there from before`;
  const heading = `${paint('bold', oneLine(plan.name))}: `;
  if (left === 0)
    return [`${heading}all ${counted(totalCells, 'cell')} are there from before, nothing is left to measure`];
  const labels = deploymentLabels(deployments);
  const rows = estimate.deployments.map((one) => {
    const deployment = deployments.find(({ id }) => id === one.deployment);
    const bought = deployment?.endpoint === undefined;
    return [
      labels.get(one.deployment) ?? one.instanceType,
      String(deployment?.cells.length ?? 0),
      duration(one.seconds),
      bought ? usd(usdPerHour(one.price)) : '-',
      bought ? usd(one.usd) : '-',
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
    ...endpointLines(plan, width),
    ...(allRunAlready(plan) ? [] : costLines(plan, look)),
  ];
}

/** Whether nothing of the plan is started by StepBench. */
export const allRunAlready = ({ deployments }: Pick<Plan, 'deployments'>): boolean => deployments.every(runsAlready);

/** Where the load goes, and what goes with it. */
function endpointLines({ deployments }: Plan, width: number): string[] {
  return deployments.flatMap(({ instanceType, endpoint, cells, prices: [price] }) => {
    if (endpoint === undefined) return [];
    const requests = cells.reduce(
      (sum, { requestCount, warmupRequestCount }) => sum + requestCount + warmupRequestCount,
      0,
    );
    const headers = Object.entries(endpoint.headersFrom).map(([header, variable]) => `${header} from ${variable}`);
    const text = `${instanceType} is ${endpoint.url}: a real measurement, ${counted(requests, 'request')}${headers.length === 0 ? '' : ` with the header ${headers.join(', ')}`}. Nothing is started or bought there; ${price === undefined ? 'without its price (--price, or priceUsdPerHour) nothing is said in dollars' : `${usd(usdPerHour(price))} an hour, ${oneLine(price.source)}`}.`;
    return wrapped(oneLine(text), width);
  });
}

function costLines(plan: Plan, { width, paint }: Look): string[] {
  const { estimate, budgetUsd, wholeBudgetUsd, spent } = plan;
  const left =
    spentUsd(spent) === 0
      ? usd(budgetUsd)
      : `${usd(budgetUsd)}, left of ${usd(wholeBudgetUsd)} by the executions before, which took ${usd(spentUsd(spent))} (${spendingParts(spent, usd)})`;
  return [
    ...wrapped(
      `What this costs in AWS: about ${usd(estimate.totalUsd)} and ${duration(estimate.makespanSeconds)} (GPU nodes ${usd(estimate.gpuUsd)}, load generators ${usd(estimate.loadNodesUsd)}, rest ${usd(restUsd(plan))}); ${usd(estimate.worstCaseUsd)} at the very worst; budget ${left}.`,
      width,
    ),
    ...wrapped(BASIS, width).map((line) => paint('dim', line)),
    ...priceSources(plan).flatMap((source) => wrapped(source, width).map((line) => paint('dim', line))),
  ];
}

const BASIS =
  'Without the 15 min or so that a new cluster takes, and with engines assumed slow; stepbench plan simulates both.';

const restUsd = ({ estimate }: Plan): number =>
  estimate.controlPlaneUsd + estimate.downloadsUsd + estimate.orchestrationUsd;

/** Where the prices were read, and from when they hold: each list once. */
export const priceSources = (plan: Plan): string[] =>
  eachListOnce(quotesOf(plan)).map((text) => `Prices of ${plan.region}: ${oneLine(text)}`);

/** The same in short, where `priceSources` stands further up on the screen: the list that was read, without how fees follow. */
export function pricesAsAbove(plan: Plan): string {
  const lists = quotesOf(plan).map(
    ({ source, effectiveAt }) => `${oneLine(source.split(/ \(|;/)[0] ?? '')}, ${effectiveAt}`,
  );
  return `Prices as above: ${plan.region}, ${[...new Set(lists)].join('; ')}.`;
}

function quotesOf({ estimate, deployments }: Plan): PriceQuote[] {
  const bought = deployments.filter((one) => !runsAlready(one)).map(({ id }) => id);
  const ofNodes = estimate.deployments.filter((one) => bought.includes(one.deployment)).map(({ price }) => price);
  return ofNodes.length === 0 ? [] : [...ofNodes, estimate.loadNodePrice];
}
