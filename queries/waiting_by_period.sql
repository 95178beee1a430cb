-- How long did waits feel in each week, month or quarter?
-- One row per: period
-- Reads: responses (answered_at, wait_actual, wait_perceived)
-- Adds: told, sum_perceived, sq_perceived
-- Values: grain VARCHAR month
-- Hides: n per period
-- Columns:
--   period    DATE    its first day
--   n         BIGINT  answers that tell both the wait and how long it felt
--   total     DOUBLE  sum of the felt minutes
--   total_sq  DOUBLE  sum of their squares
select
    date_trunc($grain, answered_at)::date as period,
    sum(told)::bigint as n,
    sum(sum_perceived) as total,
    sum(sq_perceived) as total_sq
from responses
where told > 0
group by period
order by period
