-- What has changed against a baseline run?
--
-- Each load point of either run, with its means in both: one that only one of them measured has nulls for the
-- other. Changes are in per cent of the baseline. Whether a change is more than chance is not said here: one
-- repeat cannot tell. Repeats at different prices stay apart, and each is then compared. Figures that are not
-- valid take no part.
--
-- parameters:
--   run_id (string): the run
--   dt (string): its day
--   baseline_run_id (string): the run it is compared with
--   baseline_dt (string): the day of that one
-- columns:
--   model (string): model
--   isl_tokens (double, tokens): input length asked for
--   osl_tokens (double, tokens): output length asked for
--   endpoint (string): completions or chat
--   streaming (boolean): whether responses were streamed
--   dataset (string): synthetic, or a dataset's key
--   instance_type (string): EC2 instance type
--   tensor_parallel (integer): GPUs one layer is split over
--   concurrency (integer): requests in flight; null for an open load
--   request_rate_per_s (double, 1/s): requests sent per second; null for a closed load
--   output_tokens_per_s_change_percent (double, %): output tokens per second against the baseline
--   request_latency_p95_change_percent (double, %): p95 of the request latency against the baseline
--   usd_per_million_output_tokens_change_percent (double, %): dollars against the baseline
--   repeats (bigint): valid repeats in the run
--   baseline_repeats (bigint): valid repeats in the baseline
--   output_tokens_per_s (double, tokens/s): output tokens per second
--   baseline_output_tokens_per_s (double, tokens/s): in the baseline
--   request_latency_p95_ms (double, ms): p95 of the request latency
--   baseline_request_latency_p95_ms (double, ms): in the baseline
--   usd_per_million_output_tokens (double, USD): price and fee of the time that a million output tokens take
--   baseline_usd_per_million_output_tokens (double, USD): in the baseline
--   price_usd_per_hour (double, USD/h): price of the instance
--   fee_usd_per_hour (double, USD/h): EKS Auto Mode fee
--   price_source (string): where the price was read
--   price_effective_at (string): date of the price
--   baseline_price_usd_per_hour (double, USD/h): price of the instance, in the baseline
--   baseline_fee_usd_per_hour (double, USD/h): EKS Auto Mode fee, in the baseline
--   baseline_price_source (string): where that price was read
--   baseline_price_effective_at (string): date of that price
--   simulated (boolean): true when no GPU stood behind the engine
--   extrapolated (boolean): true when that engine's timing, in either run, was scaled from another type or model
--   deployment_id (string): the deployment
WITH here AS (
  SELECT *
  FROM load_points
  WHERE run_id = ?
    AND dt = ?
),
there AS (
  SELECT *
  FROM load_points
  WHERE run_id = ?
    AND dt = ?
),
paired AS (
  SELECT
    coalesce(here.model, there.model) AS model,
    coalesce(here.isl_tokens, there.isl_tokens) AS isl_tokens,
    coalesce(here.osl_tokens, there.osl_tokens) AS osl_tokens,
    coalesce(here.isl_stddev_tokens, there.isl_stddev_tokens) AS isl_stddev_tokens,
    coalesce(here.osl_stddev_tokens, there.osl_stddev_tokens) AS osl_stddev_tokens,
    coalesce(here.endpoint, there.endpoint) AS endpoint,
    coalesce(here.streaming, there.streaming) AS streaming,
    coalesce(here.dataset, there.dataset) AS dataset,
    coalesce(here.instance_type, there.instance_type) AS instance_type,
    coalesce(here.tensor_parallel, there.tensor_parallel) AS tensor_parallel,
    coalesce(here.concurrency, there.concurrency) AS concurrency,
    coalesce(here.request_rate_per_s, there.request_rate_per_s) AS request_rate_per_s,
    here.repeats,
    there.repeats AS baseline_repeats,
    here.output_tokens_per_s,
    there.output_tokens_per_s AS baseline_output_tokens_per_s,
    here.request_latency_p95_ms,
    there.request_latency_p95_ms AS baseline_request_latency_p95_ms,
    here.usd_per_million_output_tokens,
    there.usd_per_million_output_tokens AS baseline_usd_per_million_output_tokens,
    here.price_usd_per_hour, here.fee_usd_per_hour, here.price_source, here.price_effective_at, here.capacity_type,
    there.price_usd_per_hour AS baseline_price_usd_per_hour, there.fee_usd_per_hour AS baseline_fee_usd_per_hour,
    there.price_source AS baseline_price_source, there.price_effective_at AS baseline_price_effective_at,
    there.capacity_type AS baseline_capacity_type,
    coalesce(here.simulated, there.simulated) AS simulated,
    coalesce(here.extrapolated, false) OR coalesce(there.extrapolated, false) AS extrapolated,
    coalesce(here.deployment_id, there.deployment_id) AS deployment_id
  FROM here
  FULL JOIN there
    ON there.deployment_id = here.deployment_id
    AND there.isl_tokens = here.isl_tokens
    AND there.osl_tokens = here.osl_tokens
    AND there.isl_stddev_tokens = here.isl_stddev_tokens
    AND there.osl_stddev_tokens = here.osl_stddev_tokens
    AND there.endpoint = here.endpoint
    AND there.streaming = here.streaming
    AND there.dataset = here.dataset
    AND there.simulated = here.simulated
    AND coalesce(there.concurrency, 0) = coalesce(here.concurrency, 0)
    AND coalesce(there.request_rate_per_s, 0e0) = coalesce(here.request_rate_per_s, 0e0)
)
SELECT
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset, instance_type, tensor_parallel, concurrency,
  request_rate_per_s,
  (output_tokens_per_s - baseline_output_tokens_per_s)
    / nullif(baseline_output_tokens_per_s, 0e0) * 1e2 AS output_tokens_per_s_change_percent,
  (request_latency_p95_ms - baseline_request_latency_p95_ms)
    / nullif(baseline_request_latency_p95_ms, 0e0) * 1e2 AS request_latency_p95_change_percent,
  (usd_per_million_output_tokens - baseline_usd_per_million_output_tokens)
    / nullif(baseline_usd_per_million_output_tokens, 0e0) * 1e2 AS usd_per_million_output_tokens_change_percent,
  repeats, baseline_repeats, output_tokens_per_s, baseline_output_tokens_per_s,
  request_latency_p95_ms, baseline_request_latency_p95_ms,
  usd_per_million_output_tokens, baseline_usd_per_million_output_tokens,
  price_usd_per_hour, fee_usd_per_hour, price_source, price_effective_at,
  baseline_price_usd_per_hour, baseline_fee_usd_per_hour, baseline_price_source, baseline_price_effective_at,
  simulated, extrapolated, deployment_id
FROM paired
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
  instance_type, deployment_id, concurrency, request_rate_per_s, simulated, price_usd_per_hour, fee_usd_per_hour,
  price_source, price_effective_at, capacity_type, baseline_price_usd_per_hour, baseline_fee_usd_per_hour,
  baseline_price_source, baseline_price_effective_at, baseline_capacity_type
