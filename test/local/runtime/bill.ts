import { transitionsUsd } from '#core/plan/estimate.ts';
import { usdPerHour } from '#core/pricing/quote.ts';
import { SHARED_RATES } from '#core/pricing/shared-rates.ts';
import type { LocalRuntime } from '#local/runtime/runtime.ts';

/** gpt-oss-20b, and the images of both kinds of node. */
const WEIGHTS_GB = 13.76;
const IMAGE_GB = 10;

/** No node is Ready earlier, and none that is not downloads anything. */
const READY_SECONDS = 60;

export interface Billed {
  fromMs: number;
  toMs: number;
  transitions: number;
  /** The weights came through NAT while it was at work. */
  staged: boolean;
}

/** What AWS would ask for: every instance as long as the cloud had it, whatever the run has recorded. */
export async function billUsd({ cloud, ports, clock }: LocalRuntime, executions: readonly Billed[]): Promise<number> {
  let usd = 0;
  for (const one of cloud.instanceHistory()) {
    const { instanceType } = one;
    const price = await ports.prices.quote({ instanceType, capacityType: 'on-demand', region: 'us-east-1' });
    const seconds = ((one.stoppedAtMs ?? clock.nowMs()) - one.launchedAtMs) / 1000;
    usd += (seconds / 3600) * usdPerHour(price) + (seconds < READY_SECONDS ? 0 : IMAGE_GB * SHARED_RATES.natUsdPerGb);
  }
  for (const { fromMs, toMs, transitions, staged } of executions) {
    usd += ((toMs - fromMs) / 3_600_000) * SHARED_RATES.controlPlaneUsdPerHour + transitionsUsd(transitions);
    if (staged) usd += WEIGHTS_GB * SHARED_RATES.natUsdPerGb;
  }
  return usd;
}
