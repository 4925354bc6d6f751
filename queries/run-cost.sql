-- What did the run cost, and for what?
--
-- Dollars of the nodes by phase: one row for each node that was paid for, and a last one, whose role is total.
-- What cells that failed cost is in their deployment's row with the rest of its measure phase. EKS itself,
-- storage, queries and traffic are not in here: only nodes are. With simulated true it is what they would have cost.
--
-- parameters:
--   run_id (string): the run
--   dt (string): its day
-- columns:
--   role (string): engine, load (load generators), stage (staging of the model), or total
--   instance_type (string): EC2 instance type; null in the total
--   capacity_type (string): on-demand, spot or reserved; null in the total or when no node came
--   attempt (integer): which execution of the run; null in the total
--   status (string): of the deployment's cells; null in the total
--   cells_asked (bigint): cells that were to be measured
--   cells_valid (bigint): cells whose figures may be ranked
--   cells_failed (bigint): cells without figures
--   cells_cut (bigint): failed cells that the deadline cut off
--   node_s (double, s): node-seconds
--   launch_usd (double, USD): from asking for the node until it could run pods
--   pull_usd (double, USD): pulling images
--   load_usd (double, USD): engine start and weights
--   measure_usd (double, USD): cells, warm-up included
--   idle_usd (double, USD): none of the others
--   release_usd (double, USD): from the end of the work until the instance was gone
--   total_usd (double, USD): all phases
--   usd_per_valid_cell (double, USD): all phases for each valid cell
--   price_usd_per_hour (double, USD/h): price of the instance; null in the total
--   fee_usd_per_hour (double, USD/h): EKS Auto Mode fee; null in the total
--   price_source (string): where the price was read; null in the total
--   price_effective_at (string): date of the price; null in the total
--   simulated (boolean): true when no GPU stood behind the engine; in the total, behind one of them
--   extrapolated (boolean): true when its timing was scaled from another type or model; in the total, of one of them
--   deployment_id (string): the deployment; null in the total
WITH nodes AS (
  SELECT *
  FROM (
    SELECT
      deployments.*,
      coalesce(timings.extrapolated, false) AS extrapolated,
      row_number() OVER (
        PARTITION BY deployments.deployment_id, deployments.attempt
        ORDER BY deployments.recorded_at DESC
      ) AS record_order
    FROM deployments
    LEFT JOIN (
      SELECT dt, run_id, deployment_id, bool_or(extrapolated) AS extrapolated
      FROM cell_attempts
      GROUP BY dt, run_id, deployment_id
    ) AS timings
      ON timings.dt = deployments.dt
      AND timings.run_id = deployments.run_id
      AND timings.deployment_id = deployments.deployment_id
    WHERE deployments.run_id = ?
      AND deployments.dt = ?
  ) AS records
  WHERE record_order = 1
),
lines AS (
  SELECT
    role, instance_type, capacity_type, attempt, status,
    cast(cells_asked AS bigint) AS cells_asked, cast(cells_valid AS bigint) AS cells_valid,
    cast(cells_failed AS bigint) AS cells_failed, cast(cells_cut AS bigint) AS cells_cut,
    node_s, launch_usd, pull_usd, load_usd, measure_usd, idle_usd, release_usd, total_usd,
    price_usd_per_hour, fee_usd_per_hour, price_source, price_effective_at, simulated, extrapolated, deployment_id,
    0 AS is_total
  FROM nodes
  UNION ALL
  SELECT
    'total', NULL, NULL, NULL, NULL,
    cast(sum(cells_asked) AS bigint), cast(sum(cells_valid) AS bigint),
    cast(sum(cells_failed) AS bigint), cast(sum(cells_cut) AS bigint),
    round(sum(node_s), 9), round(sum(launch_usd), 9), round(sum(pull_usd), 9), round(sum(load_usd), 9),
    round(sum(measure_usd), 9), round(sum(idle_usd), 9), round(sum(release_usd), 9), round(sum(total_usd), 9),
    NULL, NULL, NULL, NULL, bool_or(simulated), bool_or(extrapolated), NULL,
    1
  FROM nodes
  HAVING count(*) > 0
)
SELECT
  role, instance_type, capacity_type, attempt, status, cells_asked, cells_valid, cells_failed, cells_cut,
  node_s, launch_usd, pull_usd, load_usd, measure_usd, idle_usd, release_usd, total_usd,
  total_usd / nullif(cast(cells_valid AS double), 0e0) AS usd_per_valid_cell,
  price_usd_per_hour, fee_usd_per_hour, price_source, price_effective_at, simulated, extrapolated, deployment_id
FROM lines
ORDER BY is_total, role, instance_type, deployment_id, attempt
