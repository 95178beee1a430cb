-- How many complaints are there, how many of them serious, repeated, escalated, and how satisfied are people after?
-- One row per: all complaints together
-- Reads: complaints (received_at)
-- Hides: n in all
-- Columns:
--   n          BIGINT
--   graded     BIGINT  with a known severity
--   serious    BIGINT  of those, severity 3
--   asked      BIGINT  known whether a repeat
--   repeated   BIGINT
--   passed     BIGINT  known whether escalated
--   escalated  BIGINT
--   rated      BIGINT  with a satisfaction after
--   total      BIGINT  sum of it
--   total_sq   BIGINT  sum of its squares
select
    count(*) as n,
    count(severity) as graded,
    count(*) filter (where severity = 3) as serious,
    count(repeated) as asked,
    count(*) filter (where repeated) as repeated,
    count(escalated) as passed,
    count(*) filter (where escalated) as escalated,
    count(sat_after) as rated,
    sum(sat_after)::bigint as total,
    sum(sat_after::int * sat_after)::bigint as total_sq
from complaints
