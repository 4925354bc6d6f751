-- Which deployment gives the most output tokens for a dollar?
--
-- Each deployment at its peak: the load point with the most output tokens per second, however long its requests
-- took. Deployments are compared within one workload (model, lengths, endpoint, streaming, dataset), what was
-- simulated apart from what was measured: place 1 is the cheapest of it. Figures that are not valid take no part.
-- Without a price the most output tokens per second count, after the rest.
--
-- parameters:
--   run_id (string): the run
--   dt (string): its day
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
--   concurrency (integer): requests in flight at the peak; null for an open load
--   request_rate_per_s (double, 1/s): requests sent per second at the peak; null for a closed load
--   repeats (bigint): valid repeats that the means are over
--   output_tokens_per_s (double, tokens/s): output tokens per second at the peak
--   request_latency_p95_ms (double, ms): p95 of the request latency there
--   ttft_p95_ms (double, ms): p95 of the time to first token there; null when not streamed or not valid
--   usd_per_million_output_tokens (double, USD): price and fee of the time that a million output tokens take
--   output_tokens_per_s_per_usd_per_hour (double, tokens/s per USD/h): output tokens per second for a dollar an hour
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
SELECT
  row_number() OVER (
    PARTITION BY model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming,
      dataset, simulated
    ORDER BY usd_per_million_output_tokens, output_tokens_per_s DESC, deployment_id
  ) AS place,
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset,
  instance_type, gpu_name, gpu_count, tensor_parallel, pipeline_parallel,
  concurrency, request_rate_per_s, repeats, output_tokens_per_s, request_latency_p95_ms, ttft_p95_ms,
  usd_per_million_output_tokens, output_tokens_per_s_per_usd_per_hour,
  usd_per_hour, price_usd_per_hour, fee_usd_per_hour, capacity_type, region, price_source, price_effective_at,
  simulated, extrapolated, deployment_id
FROM peaks
WHERE run_id = ?
  AND dt = ?
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset, simulated, place
