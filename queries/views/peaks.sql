-- Which load point of a deployment gave the most output tokens per second?
--
-- One row for each run, deployment and workload, whatever its latency was there. throughput_order is always 1;
-- the other columns are those of load_points, and gpus_used: GPUs that the engine is split over.
CREATE OR REPLACE VIEW peaks AS
SELECT *
FROM (
  SELECT
    load_points.*,
    tensor_parallel * pipeline_parallel AS gpus_used,
    row_number() OVER (
      PARTITION BY dt, run_id, deployment_id, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint,
        streaming, dataset, simulated
      ORDER BY output_tokens_per_s DESC, usd_per_hour, concurrency, request_rate_per_s, price_effective_at,
        price_source, capacity_type
    ) AS throughput_order
  FROM load_points
) AS ordered
WHERE throughput_order = 1
