-- How many complaints were closed in time? Those still pending are left out.
-- One row per: all complaints together
-- Reads: complaints (timely)
-- Adds: timed, in_time
-- Hides: n in all
-- Columns:
--   n     BIGINT  closed in time or late
--   hits  BIGINT  in time
select coalesce(sum(timed), 0)::bigint as n, coalesce(sum(in_time), 0)::bigint as hits
from complaints
