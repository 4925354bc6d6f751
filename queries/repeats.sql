-- How well do the repeats of a load agree, and how sure are their means?
--
-- Each load point of the run over its valid repeats, at whatever prices, those that disagree most first. low and high
-- are the 95 % confidence interval of the mean, by Student's t: between them the mean over ever more repeats is to be
-- expected, on this node and this start of the engine. One repeat has none. spread is (largest - smallest) / mean;
-- repeats disagree when it is above 0.1 for tokens per second, or above 0.25 for a latency: something else was then
-- different between them. docs/measurement.md says why. Figures that are not valid take no part.
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
--   tensor_parallel (integer): GPUs one layer is split over
--   concurrency (integer): requests in flight; null for an open load
--   request_rate_per_s (double, 1/s): requests sent per second; null for a closed load
--   repeats (bigint): valid repeats
--   disagree (boolean): whether they disagree in any of the three figures
--   output_tokens_per_s (double, tokens/s): mean
--   output_tokens_per_s_low (double, tokens/s): lower end of its interval; null of one repeat
--   output_tokens_per_s_high (double, tokens/s): upper end of its interval; null of one repeat
--   output_tokens_per_s_spread (double): (largest - smallest) / mean
--   request_latency_p95_ms (double, ms): mean of the p95 of the request latency
--   request_latency_p95_low_ms (double, ms): lower end of its interval; null of one repeat
--   request_latency_p95_high_ms (double, ms): upper end of its interval; null of one repeat
--   request_latency_p95_spread (double): (largest - smallest) / mean
--   ttft_p95_ms (double, ms): mean of the p95 of the time to first token; null when not streamed or not valid
--   ttft_p95_low_ms (double, ms): lower end of its interval; null of one repeat
--   ttft_p95_high_ms (double, ms): upper end of its interval; null of one repeat
--   ttft_p95_spread (double): (largest - smallest) / mean
--   simulated (boolean): true when no GPU stood behind the engine
--   extrapolated (boolean): true when that engine's timing was scaled from another type or model, not fitted to it
--   deployment_id (string): the deployment
WITH figures AS (
  SELECT
    model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    instance_type, tensor_parallel, concurrency, request_rate_per_s, simulated, extrapolated, deployment_id, cell_id,
    metric,
    CASE metric
      WHEN 'tokens' THEN output_tokens_per_s
      WHEN 'latency' THEN request_latency_p95_ms
      ELSE CASE WHEN ttft_valid THEN ttft_p95_ms END
    END AS figure
  FROM latest_cells
  CROSS JOIN (VALUES ('tokens'), ('latency'), ('ttft')) AS metrics (metric)
  WHERE run_id = ?
    AND dt = ?
),
summaries AS (
  SELECT
    model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    instance_type, tensor_parallel, concurrency, request_rate_per_s, simulated, deployment_id, metric,
    bool_or(extrapolated) AS extrapolated,
    count(DISTINCT cell_id) AS repeats,
    count(figure) FILTER (WHERE figure > 0e0) AS counted,
    round(avg(figure) FILTER (WHERE figure > 0e0), 9) AS mean,
    round(stddev_samp(figure) FILTER (WHERE figure > 0e0), 9) AS std,
    max(figure) FILTER (WHERE figure > 0e0) - min(figure) FILTER (WHERE figure > 0e0) AS width
  FROM figures
  GROUP BY
    model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    instance_type, tensor_parallel, concurrency, request_rate_per_s, simulated, deployment_id, metric
),
reaches AS (
  SELECT
    summaries.*,
    width / nullif(mean, 0e0) AS spread,
    -- Student's t of 95 %, two-sided; beyond ten repeats the first terms of its expansion in 1 / (n - 1).
    std / nullif(sqrt(cast(counted AS double)), 0e0) * CASE counted
      WHEN 1 THEN NULL
      WHEN 2 THEN 12706204736e-9
      WHEN 3 THEN 4302652730e-9
      WHEN 4 THEN 3182446305e-9
      WHEN 5 THEN 2776445105e-9
      WHEN 6 THEN 2570581836e-9
      WHEN 7 THEN 2446911851e-9
      WHEN 8 THEN 2364624252e-9
      WHEN 9 THEN 2306004135e-9
      WHEN 10 THEN 2262157163e-9
      ELSE 1959963985e-9
        + 2372271230e-9 / nullif(cast(counted - 1 AS double), 0e0)
        + 2822498616e-9 / nullif(power(cast(counted - 1 AS double), 2e0), 0e0)
        + 2555849680e-9 / nullif(power(cast(counted - 1 AS double), 3e0), 0e0)
    END AS reach
  FROM summaries
),
points AS (
  SELECT
    model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    instance_type, tensor_parallel, concurrency, request_rate_per_s, simulated, deployment_id,
    bool_or(extrapolated) AS extrapolated,
    max(repeats) AS repeats,
    coalesce(bool_or(spread > CASE metric WHEN 'tokens' THEN 1e-1 ELSE 25e-2 END), false) AS disagree,
    max(mean) FILTER (WHERE metric = 'tokens') AS output_tokens_per_s,
    max(mean - reach) FILTER (WHERE metric = 'tokens') AS output_tokens_per_s_low,
    max(mean + reach) FILTER (WHERE metric = 'tokens') AS output_tokens_per_s_high,
    max(spread) FILTER (WHERE metric = 'tokens') AS output_tokens_per_s_spread,
    max(mean) FILTER (WHERE metric = 'latency') AS request_latency_p95_ms,
    max(mean - reach) FILTER (WHERE metric = 'latency') AS request_latency_p95_low_ms,
    max(mean + reach) FILTER (WHERE metric = 'latency') AS request_latency_p95_high_ms,
    max(spread) FILTER (WHERE metric = 'latency') AS request_latency_p95_spread,
    max(mean) FILTER (WHERE metric = 'ttft') AS ttft_p95_ms,
    max(mean - reach) FILTER (WHERE metric = 'ttft') AS ttft_p95_low_ms,
    max(mean + reach) FILTER (WHERE metric = 'ttft') AS ttft_p95_high_ms,
    max(spread) FILTER (WHERE metric = 'ttft') AS ttft_p95_spread
  FROM reaches
  GROUP BY
    model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
    instance_type, tensor_parallel, concurrency, request_rate_per_s, simulated, deployment_id
)
SELECT
  model, isl_tokens, osl_tokens, endpoint, streaming, dataset, instance_type, tensor_parallel,
  concurrency, request_rate_per_s, repeats, disagree,
  output_tokens_per_s, output_tokens_per_s_low, output_tokens_per_s_high, output_tokens_per_s_spread,
  request_latency_p95_ms, request_latency_p95_low_ms, request_latency_p95_high_ms, request_latency_p95_spread,
  ttft_p95_ms, ttft_p95_low_ms, ttft_p95_high_ms, ttft_p95_spread,
  simulated, extrapolated, deployment_id
FROM points
ORDER BY
  disagree DESC, model, isl_tokens, osl_tokens, isl_stddev_tokens, osl_stddev_tokens, endpoint, streaming, dataset,
  instance_type, deployment_id, concurrency, request_rate_per_s, simulated
