-- Which figures of a cell may be ranked?
--
-- One row for each run and cell: its latest valid attempt. Failed and invalid ones are not here, and a row
-- that should be stored twice counts once. attempt_order is always 1; the other columns are those of cell_attempts.
-- A cell is of one deployment, and a run of one day: with both among the keys, a filter by them reaches the files.
CREATE OR REPLACE VIEW latest_cells AS
SELECT *
FROM (
  SELECT
    cell_attempts.*,
    row_number() OVER (
      PARTITION BY dt, run_id, deployment_id, cell_id
      ORDER BY attempt DESC, started_at DESC
    ) AS attempt_order
  FROM cell_attempts
  WHERE valid
) AS attempts
WHERE attempt_order = 1
