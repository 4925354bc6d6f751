import { type RateName, SERVICE_RATES } from './service-rates.ts';
import { HOURS_A_MONTH } from './standing.ts';

/** A part of a bill: so much of something, at its rate. */
export interface CostLine {
  what: string;
  count: number;
  rate: RateName;
  how: string;
}

/** What the configuration of a stack changes of what it costs while nobody uses it. */
export interface IdleStackProps {
  /** Zones of its VPC. */
  zones?: number;
  natGateways?: number;
  interfaceEndpoints?: number;
}

/** Every five minutes. */
const SWEEPS_A_MONTH = (HOURS_A_MONTH * 60) / 5;
const JANITOR_GB = 1769 / 1024;
/** A sweep that finds nothing: one listing, and no run to look at. */
const SWEEP_SECONDS = 1;
/** Lambda's own lines and ours, as bench/orchestration-price.ts measures a call. */
const SWEEP_LOG_BYTES = 1_820;
/** Of the janitor: how long it took and whether it failed; nodes past their deadline and releases that failed. */
const JANITOR_METRICS = 4;
/** One in docs/runbook.md for each. */
const ALARMS = 8;

/** What a stack costs in a month in which nobody uses it, in us-east-1, beyond every free tier. */
export function idleStack({ zones = 3, natGateways = 1, interfaceEndpoints = 0 }: IdleStackProps = {}): CostLine[] {
  const gateways = Math.min(natGateways, zones);
  return [
    { what: 'NAT gateway', count: gateways * HOURS_A_MONTH, rate: 'natHour', how: `hours, natGateways: ${gateways}` },
    { what: 'its public address', count: gateways, rate: 'publicAddressMonth', how: '' },
    ...(interfaceEndpoints === 0
      ? []
      : [
          {
            what: 'interface endpoints',
            count: interfaceEndpoints * zones * HOURS_A_MONTH,
            rate: 'endpointHour' as const,
            how: `hours of ${interfaceEndpoints} in ${zones} zones`,
          },
        ]),
    { what: 'dashboard', count: 1, rate: 'dashboard', how: '' },
    { what: 'keys', count: 2, rate: 'key', how: 'and one more for each of the first two rotations' },
    { what: 'janitor’s metrics', count: JANITOR_METRICS, rate: 'metric', how: '' },
    { what: 'alarms', count: ALARMS, rate: 'alarm', how: '' },
    {
      what: 'janitor, GB-seconds',
      count: SWEEPS_A_MONTH * JANITOR_GB * SWEEP_SECONDS,
      rate: 'lambdaGbSecond',
      how: 'a sweep of 1 s every 5 min',
    },
    { what: 'janitor, requests', count: SWEEPS_A_MONTH, rate: 'lambdaRequest', how: '' },
    { what: 'janitor, logs, GB', count: (SWEEPS_A_MONTH * SWEEP_LOG_BYTES) / 1e9, rate: 'logsGb', how: '' },
    { what: 'janitor, S3 LIST', count: SWEEPS_A_MONTH, rate: 's3Put', how: 'the index of open leases' },
  ];
}

/** What stays of a stack that was destroyed, where it was not told otherwise; what is stored comes on top. */
export const keptAfterDestroy: readonly CostLine[] = [
  { what: 'key of the bucket', count: 1, rate: 'key', how: 'and one more for each of the first two rotations' },
];

export const lineUsd = ({ count, rate }: Pick<CostLine, 'count' | 'rate'>): number => count * SERVICE_RATES[rate].usd;

export const totalUsd = (lines: readonly CostLine[]): number => lines.reduce((sum, line) => sum + lineUsd(line), 0);
