-- How many complaints were closed in time? Those still pending are left out.
-- One row per: all complaints together
-- Reads: complaints (timely)
-- Hides: n in all
-- Columns:
--   n     BIGINT  closed in time or late
--   hits  BIGINT  in time
select count(*) as n, count(*) filter (where timely = 'yes') as hits
from complaints
where timely in ('yes', 'no')
