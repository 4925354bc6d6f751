-- What did a deployment do under a load, over all repeats?
--
-- One row for each run, deployment, load point and price: means over the valid repeats. Repeats that were paid
-- at different prices stay apart, so that every dollar figure keeps the price it was computed from.
-- usd_per_hour is price and fee; usd_per_million_output_tokens = usd_per_hour / (output_tokens_per_s * 3600) * 1e6.
-- ttft_p95_ms is the mean over those repeats whose TTFT is valid, null where none is. A TTFT that is not valid is too
-- long and never too short: ttft_p95_at_most_ms, over all repeats, still shows that a target was met.
-- Means are rounded to 9 places: their last bits would depend on the order of rows.
CREATE OR REPLACE VIEW load_points AS
SELECT
  means.*,
  usd_per_hour / nullif(output_tokens_per_s * 36e2, 0e0) * 1e6 AS usd_per_million_output_tokens,
  output_tokens_per_s / nullif(usd_per_hour, 0e0) AS output_tokens_per_s_per_usd_per_hour
FROM (
  SELECT
    dt, run_id, deployment_id, instance_type, gpu_name, gpu_count, model, engine, tensor_parallel, pipeline_parallel,
    isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    concurrency, request_rate_per_s, simulated,
    region, capacity_type, price_usd_per_hour, fee_usd_per_hour, price_source, price_effective_at,
    price_usd_per_hour + fee_usd_per_hour AS usd_per_hour,
    count(*) AS repeats,
    bool_or(extrapolated) AS extrapolated,
    round(avg(output_tokens_per_s), 9) AS output_tokens_per_s,
    round(avg(request_throughput_per_s), 9) AS request_throughput_per_s,
    round(avg(request_latency_avg_ms), 9) AS request_latency_avg_ms,
    round(avg(request_latency_p95_ms), 9) AS request_latency_p95_ms,
    round(avg(CASE WHEN ttft_valid THEN ttft_p95_ms END), 9) AS ttft_p95_ms,
    round(avg(ttft_p95_ms), 9) AS ttft_p95_at_most_ms,
    round(avg(itl_p95_ms), 9) AS itl_p95_ms
  FROM latest_cells
  GROUP BY
    dt, run_id, deployment_id, instance_type, gpu_name, gpu_count, model, engine, tensor_parallel, pipeline_parallel,
    isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    concurrency, request_rate_per_s, simulated,
    region, capacity_type, price_usd_per_hour, fee_usd_per_hour, price_source, price_effective_at
) AS means
