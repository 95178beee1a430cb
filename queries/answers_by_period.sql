-- How many answers came in each week, month or quarter?
-- One row per: period
-- Reads: responses (answered_at)
-- Adds: answers
-- Values: grain VARCHAR month
-- Hides: n per period
-- Columns:
--   period  DATE  its first day
--   n       BIGINT
select date_trunc($grain, answered_at)::date as period, sum(answers)::bigint as n
from responses
group by period
order by period
