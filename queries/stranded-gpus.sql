-- What do the GPUs cost that are paid for and not used?
--
-- Each deployment at its peak. An instance is billed whole: GPUs on it that the engine is not split over are
-- stranded, and carry an equal part of its price and fee. One row a deployment, also where none is stranded.
-- copies_that_fit says how many such engines the instance has GPUs for: StepBench runs one. Figures that are not
-- valid take no part.
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
--   gpus_used (integer): GPUs that the engine is split over
--   gpus_stranded (integer): the others
--   copies_that_fit (bigint): engines of this kind that the instance has GPUs for
--   stranded_usd_per_hour (double, USD/h): part of price and fee that stranded GPUs carry
--   output_tokens_per_s (double, tokens/s): output tokens per second at the peak
--   usd_per_million_output_tokens (double, USD): price and fee of the time that a million output tokens take
--   used_usd_per_million_output_tokens (double, USD): the same for the GPUs that are used only
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
WITH used AS (
  SELECT
    peaks.*,
    gpu_count - gpus_used AS gpus_stranded,
    cast(gpus_used AS double) / nullif(cast(gpu_count AS double), 0e0) AS used_share
  FROM peaks
  WHERE run_id = ?
    AND dt = ?
    AND gpus_used IS NOT NULL
)
SELECT
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset,
  instance_type, gpu_name, gpu_count, tensor_parallel, pipeline_parallel, gpus_used, gpus_stranded,
  cast(floor(cast(gpu_count AS double) / nullif(cast(gpus_used AS double), 0e0)) AS bigint) AS copies_that_fit,
  usd_per_hour * (1e0 - used_share) AS stranded_usd_per_hour,
  output_tokens_per_s, usd_per_million_output_tokens,
  usd_per_million_output_tokens * used_share AS used_usd_per_million_output_tokens,
  usd_per_hour, price_usd_per_hour, fee_usd_per_hour, capacity_type, region, price_source, price_effective_at,
  simulated, extrapolated, deployment_id
FROM used
ORDER BY
  model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
  stranded_usd_per_hour DESC, instance_type, deployment_id, simulated
