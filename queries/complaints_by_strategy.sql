-- How satisfied are people after each recovery strategy?
-- One row per: strategy
-- Reads: complaints (strategy, sat_after)
-- Hides: n per strategy
-- Columns:
--   strategy  VARCHAR
--   n         BIGINT  complaints with a satisfaction after
--   total     BIGINT  sum of it
--   total_sq  BIGINT  sum of its squares
select strategy, count(*) as n, sum(sat_after)::bigint as total, sum(sat_after::int * sat_after)::bigint as total_sq
from complaints
where strategy is not null and sat_after is not null
group by strategy
order by strategy
