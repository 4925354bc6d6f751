-- How much of each further GPU's work does tensor parallelism keep?
--
-- Each deployment at its peak against the one that splits a layer over the fewest GPUs, on the same GPU, engine,
-- pipeline and workload; where several do, the one with the most tokens per second. Efficiency is tokens per
-- second for a GPU that is used, as a share of that one's: 1 is linear. Figures that are not valid take no part.
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
--   engine (string): inference engine
--   gpu_name (string): GPU model
--   pipeline_parallel (integer): stages the layers are split over
--   tensor_parallel (integer): GPUs one layer is split over
--   instance_type (string): EC2 instance type
--   gpus_used (integer): GPUs that the engine is split over
--   output_tokens_per_s (double, tokens/s): output tokens per second at the peak
--   output_tokens_per_s_per_gpu (double, tokens/s): of one GPU that is used
--   base_tensor_parallel (integer): GPUs one layer is split over, in the deployment it is compared with
--   base_instance_type (string): EC2 instance type of that one
--   base_output_tokens_per_s (double, tokens/s): output tokens per second at its peak
--   speedup (double): output tokens per second, as a multiple of that one's
--   efficiency (double): the speedup for each time that the GPUs were multiplied
--   request_latency_p95_ms (double, ms): p95 of the request latency at the peak
--   simulated (boolean): true when no GPU stood behind the engines
--   extrapolated (boolean): true when its engine's timing was scaled from another type or model, not fitted to it
--   base_extrapolated (boolean): the same of the deployment it is compared with
--   base_deployment_id (string): the deployment it is compared with
--   deployment_id (string): the deployment
WITH compared AS (
  SELECT
    peaks.*,
    first_value(tensor_parallel) OVER alike AS base_tensor_parallel,
    first_value(gpus_used) OVER alike AS base_gpus_used,
    first_value(instance_type) OVER alike AS base_instance_type,
    first_value(output_tokens_per_s) OVER alike AS base_output_tokens_per_s,
    first_value(extrapolated) OVER alike AS base_extrapolated,
    first_value(deployment_id) OVER alike AS base_deployment_id
  FROM peaks
  WHERE run_id = ?
    AND dt = ?
    AND tensor_parallel IS NOT NULL
  WINDOW alike AS (
    PARTITION BY model, engine, gpu_name, pipeline_parallel, isl_tokens, osl_tokens, isl_stddev_tokens,
      osl_stddev_tokens, endpoint, streaming, dataset, simulated
    ORDER BY tensor_parallel, output_tokens_per_s DESC, deployment_id
  )
)
SELECT
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset, engine, gpu_name, pipeline_parallel,
  tensor_parallel, instance_type, gpus_used, output_tokens_per_s,
  output_tokens_per_s / nullif(cast(gpus_used AS double), 0e0) AS output_tokens_per_s_per_gpu,
  base_tensor_parallel, base_instance_type, base_output_tokens_per_s,
  output_tokens_per_s / nullif(base_output_tokens_per_s, 0e0) AS speedup,
  output_tokens_per_s * cast(base_gpus_used AS double)
    / nullif(base_output_tokens_per_s * cast(gpus_used AS double), 0e0) AS efficiency,
  request_latency_p95_ms, simulated, extrapolated, base_extrapolated, base_deployment_id, deployment_id
FROM compared
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
  engine, gpu_name, pipeline_parallel, simulated, tensor_parallel, instance_type, deployment_id
