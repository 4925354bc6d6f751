import type { Deployment } from '../plan/types.ts';
import type { PriceQuote } from '../ports/prices.ts';
import type { NodeFacts } from '../workflow/payload.ts';
import type { RowOf } from './column.ts';
import type { ENGINE_COLUMNS, PRICE_COLUMNS } from './shared-columns.ts';

/** Long enough for a stack trace's useful end, short enough that 10,000 failed cells stay a small file. */
const REASON_LENGTH = 2000;

/**
 * Generators and services write times with and without fractions; rows have one form. What is no time is left
 * as it is, for the row's schema to refuse it by name.
 */
export const timestamp = (iso: string): string => {
  const milliseconds = Date.parse(iso);
  return Number.isNaN(milliseconds) ? iso : new Date(milliseconds).toISOString();
};

/** The payload has empty strings where it does not know; a row has null. */
export const known = (text: string | null | undefined): string | null =>
  text === undefined || text === null || text === '' ? null : text;

export const shortened = (reason: string): string =>
  reason.length <= REASON_LENGTH ? reason : `${reason.slice(0, REASON_LENGTH - 1).toWellFormed()}…`;

export const enginePart = (deployment: Deployment, node: NodeFacts): RowOf<typeof ENGINE_COLUMNS> => ({
  gpu_name: known(deployment.gpuName),
  gpu_count: deployment.gpuCount,
  vcpus: deployment.endpoint === undefined ? deployment.vcpus : null,
  engine: deployment.engine,
  engine_version: known(node.engineVersion),
  model: deployment.model,
  // How a server was started that runs already, nobody said.
  tensor_parallel: deployment.endpoint === undefined ? deployment.tensorParallel : null,
  pipeline_parallel: deployment.endpoint === undefined ? deployment.pipelineParallel : null,
  engine_arguments: JSON.stringify(deployment.engineArguments),
  shm_gib: deployment.endpoint === undefined ? deployment.shmGiB : null,
  generator: deployment.generator,
});

export const pricePart = (price: PriceQuote | null): RowOf<typeof PRICE_COLUMNS> => ({
  price_usd_per_hour: price?.priceUsdPerHour ?? null,
  fee_usd_per_hour: price?.feeUsdPerHour ?? null,
  price_source: price?.source ?? null,
  price_effective_at: price?.effectiveAt ?? null,
});
