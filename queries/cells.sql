-- What became of every cell of the run?
--
-- One row for each cell: its latest valid attempt, else its latest one, with the reason why it has no figures or
-- why they may not be ranked.
--
-- parameters:
--   run_id (string): the run
--   dt (string): its day
-- columns:
--   instance_type (string): EC2 instance type
--   tensor_parallel (integer): GPUs one layer is split over
--   model (string): model
--   isl_tokens (double, tokens): input length asked for
--   osl_tokens (double, tokens): output length asked for
--   concurrency (integer): requests in flight; null for an open load
--   request_rate_per_s (double, 1/s): requests sent per second; null for a closed load
--   repeat (integer): which repeat, from 1
--   attempt (integer): which attempt, from 1
--   status (string): measured or failed
--   valid (boolean): whether the figures may be ranked
--   reason (string): why not, in codes, or why it failed; null for a valid cell
--   invalid_explanation (string): why the figures may not be ranked, in a sentence for each code
--   request_count (integer): requests measured
--   error_count (integer): requests that failed
--   output_tokens_per_s (double, tokens/s): output tokens per second
--   request_throughput_per_s (double, 1/s): requests completed per second
--   occupancy (double): 1 when the asked concurrency was held all the time
--   request_latency_avg_ms (double, ms): mean request latency
--   request_latency_p95_ms (double, ms): p95 of the request latency
--   ttft_p95_ms (double, ms): p95 of the time to first token; null when not streamed
--   ttft_valid (boolean): whether that may be ranked
--   itl_p95_ms (double, ms): p95 of the time between tokens; null when not streamed
--   osl_seen_avg_tokens (double, tokens): mean output length as measured
--   started_at (timestamp): first measured request
--   duration_s (double, s): length of the measurement
--   simulated (boolean): true when no GPU stood behind the engine
--   extrapolated (boolean): true when that engine's timing was scaled from another type or model, not fitted to it
--   artifacts (string): where the generator's own files are
--   deployment_id (string): the deployment
--   cell_id (string): the cell
WITH attempts AS (
  SELECT
    cell_attempts.*,
    row_number() OVER (PARTITION BY cell_id ORDER BY valid DESC, attempt DESC, recorded_at DESC) AS attempt_order
  FROM cell_attempts
  WHERE run_id = ?
    AND dt = ?
)
SELECT
  instance_type, tensor_parallel, model, isl_tokens, osl_tokens, concurrency, request_rate_per_s, repeat, attempt,
  status, valid,
  CASE WHEN status = 'failed' THEN error_name || ': ' || error_reason ELSE invalid_reasons END AS reason,
  invalid_explanation, request_count, error_count, output_tokens_per_s, request_throughput_per_s, occupancy,
  request_latency_avg_ms, request_latency_p95_ms, ttft_p95_ms, ttft_valid, itl_p95_ms, osl_seen_avg_tokens,
  started_at, duration_s, simulated, extrapolated, artifacts, deployment_id, cell_id
FROM attempts
WHERE attempt_order = 1
ORDER BY instance_type, deployment_id, isl_tokens, osl_tokens, concurrency, request_rate_per_s, repeat, cell_id
