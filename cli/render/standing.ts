import {
  type CostLine,
  type IdleStackProps,
  idleStack,
  keptAfterDestroy,
  lineUsd,
  totalUsd,
} from '#core/pricing/idle-stack.ts';
import { SERVICE_RATES } from '#core/pricing/service-rates.ts';
import { CONTROL_PLANE, HOURS_A_MONTH } from '#core/pricing/standing.ts';
import type { Paint } from '../terminal/paint.ts';
import { wrapped } from '../terminal/printable.ts';
import { usd } from './format.ts';

export interface StandingProps extends IdleStackProps {
  /** Whether bucket and key outlive the stack. */
  retain: boolean;
}

/** Parts that are told by name; what is below goes together. */
const WORTH_A_NAME_USD = 0.5;

/** What a stack costs by standing there, with the prices it follows from: told where somebody decides to have one. */
export function standingLines(props: StandingProps, { width, paint }: { width: number; paint: Paint }): string[] {
  const idle = idleStack(props);
  const named = idle.filter((line) => lineUsd(line) >= WORTH_A_NAME_USD);
  const rest = totalUsd(idle) - totalUsd(named);
  const parts = [...named.map((line) => `${line.what} ${usd(lineUsd(line))}`), `rest ${usd(rest)}`].join(', ');
  const cluster = `a cluster that a run keeps costs ${usd(CONTROL_PLANE.usdPerHour)} an hour more (${usd(CONTROL_PLANE.usdPerHour * HOURS_A_MONTH)} a month)`;
  const kept = props.retain
    ? `stepbench destroy keeps the bucket with its key: ${usd(totalUsd(keptAfterDestroy))} a month, and what S3 takes for what was measured.`
    : 'stepbench destroy deletes the bucket and all that was measured with it.';
  return [
    ...wrapped(`What the stack costs while nobody uses it: about ${usd(totalUsd(idle))} a month (${parts}).`, width),
    ...wrapped(`Runs cost their nodes, as stepbench plan says; ${cluster}.`, width),
    ...wrapped(kept, width),
    ...wrapped(
      `Prices of us-east-1: ${sources([...named, ...keptAfterDestroy, CLUSTER])}; of the rest: core/pricing/service-rates.ts.`,
      width,
    ).map((line) => paint('dim', line)),
  ];
}

/** What bucket and key go on costing without the stack, with the price. */
export const keptCost = (): string =>
  `${usd(totalUsd(keptAfterDestroy))} a month for the key (${sources(keptAfterDestroy)}), and what S3 takes for what was measured`;

const CLUSTER = { rate: 'controlPlaneHour' } as const;

/** Each once, by the page where it was read. */
function sources(lines: readonly Pick<CostLine, 'rate'>[]): string {
  const texts = lines.map(({ rate }) => `${SERVICE_RATES[rate].source}, ${SERVICE_RATES[rate].asOf}`);
  return [...new Set(texts)].join('; ');
}

/** The same for a program. */
export const standingJson = (props: StandingProps) => ({
  idle_usd_per_month: totalUsd(idleStack(props)),
  kept_cluster_usd_per_hour: CONTROL_PLANE.usdPerHour,
  kept_after_destroy_usd_per_month: props.retain ? totalUsd(keptAfterDestroy) : 0,
  prices: sources([...idleStack(props), ...keptAfterDestroy, CLUSTER]),
});
