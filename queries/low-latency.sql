-- Which deployment serves cheapest within my latency targets?
--
-- Each deployment at the load point that costs least among those whose p95 latencies meet every target; one that
-- meets them nowhere is missing. A latency that was not measured (TTFT without streaming) meets no target. A
-- TTFT that is not valid is too long and never too short, so it takes part where even that meets the target. For a
-- latency without a target give 1e12. Deployments are compared within one workload: place 1 is the cheapest of it.
-- Figures that are not valid take no part; without a price the most output tokens per second count, after the rest.
--
-- parameters:
--   run_id (string): the run
--   dt (string): its day
--   request_latency_p95_ms (double, ms): target for the p95 of the request latency; 1e12 for none
--   ttft_p95_ms (double, ms): target for the p95 of the time to first token; 1e12 for none
--   itl_p95_ms (double, ms): target for the p95 of the time between tokens; 1e12 for none
-- columns:
--   place (bigint): 1 for the cheapest deployment of the workload
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
--   ttft_p95_at_most_ms (double, ms): the same over all repeats, where it is not valid too: too long at most
--   itl_p95_ms (double, ms): p95 of the time between tokens; null when not streamed
--   output_tokens_per_s (double, tokens/s): output tokens per second
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
WITH within_targets AS (
  SELECT
    load_points.*,
    row_number() OVER (
      PARTITION BY deployment_id, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
        dataset, simulated
      ORDER BY usd_per_million_output_tokens, output_tokens_per_s DESC, concurrency, request_rate_per_s, usd_per_hour,
        price_effective_at, price_source, capacity_type
    ) AS cost_order
  FROM load_points
  WHERE run_id = ?
    AND dt = ?
    AND coalesce(request_latency_p95_ms, 1e12) <= ?
    AND coalesce(ttft_p95_at_most_ms, 1e12) <= ?
    AND coalesce(itl_p95_ms, 1e12) <= ?
)
SELECT
  row_number() OVER (
    PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
      dataset, simulated
    ORDER BY usd_per_million_output_tokens, output_tokens_per_s DESC, deployment_id
  ) AS place,
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset,
  instance_type, gpu_name, gpu_count, tensor_parallel, pipeline_parallel,
  concurrency, request_rate_per_s, repeats, request_latency_p95_ms, ttft_p95_ms, ttft_p95_at_most_ms, itl_p95_ms,
  output_tokens_per_s, usd_per_million_output_tokens,
  usd_per_hour, price_usd_per_hour, fee_usd_per_hour, capacity_type, region, price_source, price_effective_at,
  simulated, extrapolated, deployment_id
FROM within_targets
WHERE cost_order = 1
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset, simulated, place
