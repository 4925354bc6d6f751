-- What would several cheaper instances do in the place of a dearer one?
--
-- Each deployment at its peak against each cheaper one with the same GPU, on the same workload, under three rules:
-- fits-price (the most whose price together is not above, but for the rounding of prices), nearest-price (the number
-- whose price together is nearest, one at least) and same-gpus (as many as have no fewer GPUs). That so many
-- instances do so many times the work of one is assumed, not measured; a balancer before them is not priced. Figures
-- that are not valid take no part.
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
--   dear_instance_type (string): the dearer instance type
--   dear_gpu_count (integer): GPUs on it
--   dear_tensor_parallel (integer): GPUs one layer is split over there
--   dear_output_tokens_per_s (double, tokens/s): output tokens per second at its peak
--   dear_usd_per_hour (double, USD/h): its price and fee
--   dear_price_source (string): where that price was read
--   dear_price_effective_at (string): date of that price
--   dear_extrapolated (boolean): true when its engine's timing was scaled from another type or model, not fitted to it
--   dear_deployment_id (string): its deployment
--   rule (string): fits-price, nearest-price or same-gpus
--   instances (bigint): how many of the cheaper one
--   instance_type (string): the cheaper instance type
--   gpu_name (string): GPU model of both
--   gpus (bigint): GPUs on all of the cheaper ones
--   tensor_parallel (integer): GPUs one layer is split over on each
--   concurrency (integer): requests in flight on each; null for an open load
--   request_rate_per_s (double, 1/s): requests sent to each per second; null for a closed load
--   request_latency_p95_ms (double, ms): p95 of the request latency there
--   output_tokens_per_s (double, tokens/s): output tokens per second of all of them
--   usd_per_hour (double, USD/h): price and fee of all of them
--   times_throughput (double): output tokens per second, as a multiple of the dearer one's
--   times_cost (double): price and fee, as a multiple of the dearer one's
--   usd_per_million_output_tokens (double, USD): price and fee of the time that a million output tokens take
--   price_usd_per_hour (double, USD/h): price of one of the cheaper ones
--   fee_usd_per_hour (double, USD/h): EKS Auto Mode fee of one of them
--   capacity_type (string): on-demand, spot or reserved
--   price_source (string): where the price was read
--   price_effective_at (string): date of the price
--   simulated (boolean): true when no GPU stood behind the engines
--   extrapolated (boolean): true when the cheaper one's timing was scaled from another type or model, not fitted to it
--   deployment_id (string): the cheaper deployment
WITH of_run AS (
  SELECT *
  FROM peaks
  WHERE run_id = ?
    AND dt = ?
),
counted AS (
  SELECT
    dear.model, dear.isl_tokens, dear.osl_tokens, dear.isl_stddev_tokens, dear.osl_stddev_tokens, dear.endpoint,
    dear.streaming, dear.dataset,
    dear.instance_type AS dear_instance_type, dear.gpu_count AS dear_gpu_count,
    dear.tensor_parallel AS dear_tensor_parallel, dear.output_tokens_per_s AS dear_output_tokens_per_s,
    dear.usd_per_hour AS dear_usd_per_hour, dear.price_source AS dear_price_source,
    dear.price_effective_at AS dear_price_effective_at, dear.extrapolated AS dear_extrapolated,
    dear.deployment_id AS dear_deployment_id,
    rules.rule,
    CASE rules.rule
      WHEN 'fits-price' THEN cast(floor(dear.usd_per_hour / nullif(cheap.usd_per_hour, 0e0) + 1e-5) AS bigint)
      WHEN 'nearest-price' THEN cast(floor(dear.usd_per_hour / nullif(cheap.usd_per_hour, 0e0) + 5e-1) AS bigint)
      ELSE cast(ceil(cast(dear.gpu_count AS double) / nullif(cast(cheap.gpu_count AS double), 0e0)) AS bigint)
    END AS instances,
    cheap.instance_type, cheap.gpu_name, cheap.gpu_count, cheap.tensor_parallel, cheap.concurrency,
    cheap.request_rate_per_s, cheap.request_latency_p95_ms, cheap.output_tokens_per_s, cheap.usd_per_hour,
    cheap.usd_per_million_output_tokens, cheap.price_usd_per_hour, cheap.fee_usd_per_hour, cheap.capacity_type,
    cheap.price_source, cheap.price_effective_at, cheap.simulated, cheap.extrapolated, cheap.deployment_id
  FROM of_run AS dear
  JOIN of_run AS cheap
    ON cheap.model = dear.model
    AND cheap.isl_tokens = dear.isl_tokens
    AND cheap.osl_tokens = dear.osl_tokens
    AND cheap.isl_stddev_tokens = dear.isl_stddev_tokens
    AND cheap.osl_stddev_tokens = dear.osl_stddev_tokens
    AND cheap.endpoint = dear.endpoint
    AND cheap.streaming = dear.streaming
    AND cheap.dataset = dear.dataset
    AND cheap.gpu_name = dear.gpu_name
    AND cheap.simulated = dear.simulated
    AND cheap.usd_per_hour < dear.usd_per_hour
  CROSS JOIN (VALUES ('fits-price'), ('nearest-price'), ('same-gpus')) AS rules(rule)
)
SELECT
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset,
  dear_instance_type, dear_gpu_count, dear_tensor_parallel, dear_output_tokens_per_s, dear_usd_per_hour,
  dear_price_source, dear_price_effective_at, dear_extrapolated, dear_deployment_id,
  rule, instances, instance_type, gpu_name, instances * gpu_count AS gpus, tensor_parallel, concurrency,
  request_rate_per_s, request_latency_p95_ms,
  cast(instances AS double) * output_tokens_per_s AS output_tokens_per_s,
  cast(instances AS double) * usd_per_hour AS usd_per_hour,
  cast(instances AS double) * output_tokens_per_s / nullif(dear_output_tokens_per_s, 0e0) AS times_throughput,
  cast(instances AS double) * usd_per_hour / nullif(dear_usd_per_hour, 0e0) AS times_cost,
  usd_per_million_output_tokens, price_usd_per_hour, fee_usd_per_hour, capacity_type, price_source,
  price_effective_at, simulated, extrapolated, deployment_id
FROM counted
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
  simulated, dear_instance_type, dear_deployment_id, rule, instance_type, deployment_id
