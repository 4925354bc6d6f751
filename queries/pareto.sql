-- Which load points does no other beat, in tokens for a dollar and in latency?
--
-- The choice that is left once all bad choices are gone: every other load point of the workload is beaten by one of
-- these, which is as cheap and faster, or as fast and cheaper. Going down the rows, requests take longer and a
-- dollar gives more. Load points without a p95 or a price take no part, nor do figures that are not valid.
--
-- parameters:
--   run_id (string): the run
--   dt (string): its day
-- columns:
--   model (string): model
--   isl_tokens (double, tokens): input length asked for
--   osl_tokens (double, tokens): output length asked for
--   endpoint (string): completions or chat
--   streaming (boolean): whether responses were streamed
--   dataset (string): synthetic, or a dataset's key
--   instance_type (string): EC2 instance type
--   gpu_name (string): GPU model
--   gpu_count (integer): GPUs on the instance
--   tensor_parallel (integer): GPUs one layer is split over
--   pipeline_parallel (integer): stages the layers are split over
--   concurrency (integer): requests in flight; null for an open load
--   request_rate_per_s (double, 1/s): requests sent per second; null for a closed load
--   repeats (bigint): valid repeats that the means are over
--   request_latency_p95_ms (double, ms): p95 of the request latency
--   ttft_p95_ms (double, ms): p95 of the time to first token; null when not streamed or not valid
--   output_tokens_per_s (double, tokens/s): output tokens per second
--   output_tokens_per_s_per_usd_per_hour (double, tokens/s per USD/h): output tokens per second for a dollar an hour
--   usd_per_million_output_tokens (double, USD): price and fee of the time that a million output tokens take
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
WITH candidates AS (
  SELECT
    load_points.*,
    max(output_tokens_per_s_per_usd_per_hour) OVER (
      PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
        dataset, simulated
      ORDER BY request_latency_p95_ms
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS most_of_those_as_fast,
    min(request_latency_p95_ms) OVER (
      PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
        dataset, simulated
      ORDER BY output_tokens_per_s_per_usd_per_hour DESC
      RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS fastest_of_those_as_cheap
  FROM load_points
  WHERE run_id = ?
    AND dt = ?
    AND request_latency_p95_ms IS NOT NULL
    AND output_tokens_per_s_per_usd_per_hour IS NOT NULL
)
SELECT
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset,
  instance_type, gpu_name, gpu_count, tensor_parallel, pipeline_parallel,
  concurrency, request_rate_per_s, repeats, request_latency_p95_ms, ttft_p95_ms, output_tokens_per_s,
  output_tokens_per_s_per_usd_per_hour, usd_per_million_output_tokens,
  usd_per_hour, price_usd_per_hour, fee_usd_per_hour, capacity_type, region, price_source, price_effective_at,
  simulated, extrapolated, deployment_id
FROM candidates
WHERE output_tokens_per_s_per_usd_per_hour = most_of_those_as_fast
  AND request_latency_p95_ms = fastest_of_those_as_cheap
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset, simulated,
  request_latency_p95_ms, deployment_id, concurrency, request_rate_per_s, price_usd_per_hour, fee_usd_per_hour,
  price_effective_at, price_source, capacity_type, region, simulated
