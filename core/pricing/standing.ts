import { SERVICE_RATES } from './service-rates.ts';

/** Of a month, as AWS's own calculator takes it. */
export const HOURS_A_MONTH = 730;

const { controlPlaneHour } = SERVICE_RATES;

/** What a cluster costs for as long as it stands, whether or not anything runs in it. */
export const CONTROL_PLANE = {
  usdPerHour: controlPlaneHour.usd,
  source: controlPlaneHour.source,
  asOf: controlPlaneHour.asOf,
} as const;

const usd = (value: number): string => `$${value.toFixed(2)}`;

/** Said wherever a run leaves its cluster standing: before it, at its end, and in what is sent of it. */
export const keptClusterLine = (cluster: string, stack: string): string =>
  `The cluster ${cluster} is kept after the run: ${usd(CONTROL_PLANE.usdPerHour)} an hour, ${usd(CONTROL_PLANE.usdPerHour * HOURS_A_MONTH)} a month (${CONTROL_PLANE.source}, ${CONTROL_PLANE.asOf}), until stepbench destroy --stack ${stack}, or until a run on it ends whose matrix has "cluster": {"ephemeral": true}.`;
