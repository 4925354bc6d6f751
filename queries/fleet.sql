-- Which fleet serves my load cheapest within my latency targets?
--
-- For each deployment, the load point within the targets at which the fewest dollars serve so many output tokens
-- per second: whole instances, all alike, each loaded as it was when it was measured. A latency that was not
-- measured meets no target; for a latency without a target give 1e12. A TTFT that is not valid is too long and never
-- too short, so it takes part where even that meets the target. Headroom for bursts and failed nodes is not
-- in here: ask for more tokens per second. Deployments are compared within one workload. Figures that are not
-- valid take no part.
--
-- Instances of two kinds are not mixed: each would need its own share of the load, and what a balancer does that has
-- to keep to such shares was not measured. least_usd_per_hour says what that can cost: no fleet of what was measured,
-- mixed or not, is cheaper than it, and place 1 is dearer by less than one instance of the kind with most tokens for
-- a dollar. That is little for a large fleet, and for a small one a reason to look whether a mix fits.
--
-- parameters:
--   run_id (string): the run
--   dt (string): its day
--   request_latency_p95_ms (double, ms): target for the p95 of the request latency; 1e12 for none
--   ttft_p95_ms (double, ms): target for the p95 of the time to first token; 1e12 for none
--   itl_p95_ms (double, ms): target for the p95 of the time between tokens; 1e12 for none
--   load_output_tokens_per_s (double, tokens/s): the load to serve
-- columns:
--   place (bigint): 1 for the cheapest fleet of the workload
--   model (string): model
--   isl_tokens (double, tokens): input length asked for
--   osl_tokens (double, tokens): output length asked for
--   endpoint (string): completions or chat
--   streaming (boolean): whether responses were streamed
--   dataset (string): synthetic, or a dataset's key
--   instances (bigint): how many of them
--   instance_type (string): EC2 instance type
--   gpu_name (string): GPU model
--   gpu_count (integer): GPUs on the instance
--   tensor_parallel (integer): GPUs one layer is split over
--   pipeline_parallel (integer): stages the layers are split over
--   concurrency (integer): requests in flight; null for an open load
--   request_rate_per_s (double, 1/s): requests sent per second; null for a closed load
--   repeats (bigint): valid repeats that the means are over
--   fleet_usd_per_hour (double, USD/h): price and fee of all instances
--   fleet_usd_per_month (double, USD): of 730 hours
--   least_usd_per_hour (double, USD/h): below which no fleet serves the load, whatever it is mixed of
--   load_share (double): share of the fleet's measured throughput that the load takes, up to 1
--   request_latency_p95_ms (double, ms): p95 of the request latency on each
--   ttft_p95_ms (double, ms): p95 of the time to first token; null when not streamed or not valid
--   ttft_p95_at_most_ms (double, ms): the same over all repeats, where it is not valid too: too long at most
--   itl_p95_ms (double, ms): p95 of the time between tokens; null when not streamed
--   output_tokens_per_s (double, tokens/s): output tokens per second of one instance
--   usd_per_hour (double, USD/h): price and fee
--   price_usd_per_hour (double, USD/h): price of the instance
--   fee_usd_per_hour (double, USD/h): EKS Auto Mode fee
--   capacity_type (string): on-demand, spot or reserved
--   region (string): AWS region
--   price_source (string): where the price was read
--   price_effective_at (string): date of the price
--   simulated (boolean): true when no GPU stood behind the engine
--   extrapolated (boolean): true when that engine's timing was scaled from another type or model, not fitted to it
--   deployment_id (string): the deployment
WITH within_targets AS (
  SELECT *
  FROM load_points
  WHERE run_id = ?
    AND dt = ?
    AND coalesce(request_latency_p95_ms, 1e12) <= ?
    AND coalesce(ttft_p95_at_most_ms, 1e12) <= ?
    AND coalesce(itl_p95_ms, 1e12) <= ?
    AND output_tokens_per_s > 0e0
    AND usd_per_hour IS NOT NULL
),
loaded AS (
  -- A load of just so many instances must not take one more for the last bit of a quotient.
  SELECT
    asked.*,
    ceil(load_output_tokens_per_s / nullif(output_tokens_per_s, 0e0) - 1e-9) AS instances_needed
  FROM (
    SELECT within_targets.*, cast(? AS double) AS load_output_tokens_per_s
    FROM within_targets
  ) AS asked
),
fleets AS (
  SELECT
    loaded.*,
    cast(instances_needed AS bigint) AS instances,
    instances_needed * usd_per_hour AS fleet_usd_per_hour
  FROM loaded
),
best AS (
  SELECT
    fleets.*,
    load_output_tokens_per_s * min(usd_per_hour / nullif(output_tokens_per_s, 0e0)) OVER (
      PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
        dataset, simulated
    ) AS least_usd_per_hour,
    row_number() OVER (
      PARTITION BY deployment_id, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
        dataset, simulated
      ORDER BY fleet_usd_per_hour, instances, output_tokens_per_s DESC, concurrency, request_rate_per_s,
        price_usd_per_hour, price_effective_at, price_source, capacity_type
    ) AS cost_order
  FROM fleets
)
SELECT
  row_number() OVER (
    PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
      dataset, simulated
    ORDER BY fleet_usd_per_hour, deployment_id
  ) AS place,
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset,
  instances, instance_type, gpu_name, gpu_count, tensor_parallel, pipeline_parallel,
  concurrency, request_rate_per_s, repeats,
  fleet_usd_per_hour, fleet_usd_per_hour * 73e1 AS fleet_usd_per_month, least_usd_per_hour,
  load_output_tokens_per_s / nullif(cast(instances AS double) * output_tokens_per_s, 0e0) AS load_share,
  request_latency_p95_ms, ttft_p95_ms, ttft_p95_at_most_ms, itl_p95_ms, output_tokens_per_s,
  usd_per_hour, price_usd_per_hour, fee_usd_per_hour, capacity_type, region, price_source, price_effective_at,
  simulated, extrapolated, deployment_id
FROM best
WHERE cost_order = 1
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset, simulated, place
