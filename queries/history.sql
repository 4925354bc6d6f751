-- How has a deployment measured from run to run?
--
-- One row for each load point and run, in the order in which they were measured: a cell has the same id in every
-- run, so these are the same question asked again. Means are over the valid repeats of the run. Changes are
-- against all repeats of the run before, of the same kind (simulated or not), in per cent. Repeats that were measured
-- with another version or at another price stay apart. Figures that are not valid take no part: cells says why.
--
-- parameters:
--   deployment_id (string): the deployment, as price-performance and cells name it
--   from_dt (string): the first day of runs to look at, as 2026-01-31
--   to_dt (string): the last one
-- columns:
--   model (string): model
--   isl_tokens (double, tokens): input length asked for
--   osl_tokens (double, tokens): output length asked for
--   endpoint (string): completions or chat
--   streaming (boolean): whether responses were streamed
--   dataset (string): synthetic, or a dataset's key
--   concurrency (integer): requests in flight; null for an open load
--   request_rate_per_s (double, 1/s): requests sent per second; null for a closed load
--   started_at (timestamp): first measured request
--   run_id (string): the run
--   repeats (bigint): valid repeats that the means are over
--   output_tokens_per_s (double, tokens/s): output tokens per second
--   output_tokens_per_s_change_percent (double, %): against the run before
--   request_latency_p95_ms (double, ms): p95 of the request latency
--   request_latency_p95_change_percent (double, %): against the run before
--   ttft_p95_ms (double, ms): p95 of the time to first token; null when not streamed or not valid
--   usd_per_million_output_tokens (double, USD): price and fee of the time that a million output tokens take
--   usd_per_hour (double, USD/h): price and fee
--   price_usd_per_hour (double, USD/h): price of the instance
--   fee_usd_per_hour (double, USD/h): EKS Auto Mode fee
--   capacity_type (string): on-demand, spot or reserved
--   region (string): AWS region
--   price_source (string): where the price was read
--   price_effective_at (string): date of the price
--   instance_type (string): EC2 instance type
--   engine_version (string): version the engine gave itself
--   generator (string): load generator
--   generator_version (string): version it gave itself
--   simulated (boolean): true when no GPU stood behind the engine
--   extrapolated (boolean): true when that engine's timing was scaled from another type or model, not fitted to it
WITH measured AS (
  SELECT
    model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    concurrency, request_rate_per_s, run_id, capacity_type, region, price_usd_per_hour, fee_usd_per_hour,
    price_source, price_effective_at, instance_type, engine_version, generator, generator_version, simulated,
    price_usd_per_hour + fee_usd_per_hour AS usd_per_hour,
    bool_or(extrapolated) AS extrapolated,
    min(started_at) AS started_at,
    count(*) AS repeats,
    round(avg(output_tokens_per_s), 9) AS output_tokens_per_s,
    round(avg(request_latency_p95_ms), 9) AS request_latency_p95_ms,
    round(avg(CASE WHEN ttft_valid THEN ttft_p95_ms END), 9) AS ttft_p95_ms
  FROM latest_cells
  WHERE deployment_id = ?
    AND dt BETWEEN ? AND ?
  GROUP BY
    model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    concurrency, request_rate_per_s, run_id, capacity_type, region, price_usd_per_hour, fee_usd_per_hour,
    price_source, price_effective_at, instance_type, engine_version, generator, generator_version, simulated
),
started AS (
  SELECT
    measured.*,
    cast(repeats AS double) AS weight,
    min(started_at) OVER (
      PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
        concurrency, request_rate_per_s, simulated, run_id
    ) AS run_started_at
  FROM measured
),
numbered AS (
  SELECT
    started.*,
    dense_rank() OVER (
      PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
        concurrency, request_rate_per_s, simulated
      ORDER BY run_started_at, run_id
    ) AS run_order
  FROM started
),
followed AS (
  SELECT
    numbered.*,
    sum(output_tokens_per_s * weight) OVER the_run_before
      / nullif(sum(CASE WHEN output_tokens_per_s IS NOT NULL THEN weight END) OVER the_run_before, 0e0)
      AS output_tokens_per_s_before,
    sum(request_latency_p95_ms * weight) OVER the_run_before
      / nullif(sum(CASE WHEN request_latency_p95_ms IS NOT NULL THEN weight END) OVER the_run_before, 0e0)
      AS request_latency_p95_ms_before
  FROM numbered
  WINDOW the_run_before AS (
    PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
      concurrency, request_rate_per_s, simulated
    ORDER BY run_order
    RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING
  )
)
SELECT
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset, concurrency, request_rate_per_s, started_at, run_id,
  repeats, output_tokens_per_s,
  (output_tokens_per_s - output_tokens_per_s_before)
    / nullif(output_tokens_per_s_before, 0e0) * 1e2 AS output_tokens_per_s_change_percent,
  request_latency_p95_ms,
  (request_latency_p95_ms - request_latency_p95_ms_before)
    / nullif(request_latency_p95_ms_before, 0e0) * 1e2 AS request_latency_p95_change_percent,
  ttft_p95_ms,
  usd_per_hour / nullif(output_tokens_per_s * 36e2, 0e0) * 1e6 AS usd_per_million_output_tokens,
  usd_per_hour, price_usd_per_hour, fee_usd_per_hour, capacity_type, region, price_source, price_effective_at,
  instance_type, engine_version, generator, generator_version, simulated, extrapolated
FROM followed
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
  concurrency, request_rate_per_s, simulated, run_order, capacity_type, region, price_usd_per_hour,
  fee_usd_per_hour, price_source, price_effective_at, engine_version, generator, generator_version
