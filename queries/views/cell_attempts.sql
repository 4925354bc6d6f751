-- Was the timing of a cell's engine ever compared with a measurement?
--
-- The rows of cells, and extrapolated: true of a simulated engine whose timing was scaled from another type or model,
-- not fitted to it. An engine is the deployment's: what one of its cells says of its timing holds for those that
-- failed before they could say it, too.
CREATE OR REPLACE VIEW cell_attempts AS
SELECT
  cells.*,
  simulated AND coalesce(
    bool_or(simulator_profile = 'extrapolated') OVER (PARTITION BY dt, run_id, deployment_id),
    false
  ) AS extrapolated
FROM cells
