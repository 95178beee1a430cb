-- How many complaints are there, how many of them serious, repeated, escalated, and how satisfied are people after?
-- One row per: all complaints together
-- Reads: complaints (received_at)
-- Adds: answers, graded, serious, asked, repeats, passed, escalations, rated, sum_after, sq_after
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
    coalesce(sum(answers), 0)::bigint as n,
    coalesce(sum(graded), 0)::bigint as graded,
    coalesce(sum(serious), 0)::bigint as serious,
    coalesce(sum(asked), 0)::bigint as asked,
    coalesce(sum(repeats), 0)::bigint as repeated,
    coalesce(sum(passed), 0)::bigint as passed,
    coalesce(sum(escalations), 0)::bigint as escalated,
    coalesce(sum(rated), 0)::bigint as rated,
    sum(sum_after)::bigint as total,
    sum(sq_after)::bigint as total_sq
from complaints
