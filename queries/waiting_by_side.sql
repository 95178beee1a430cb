-- How satisfied are those whose wait felt longer than acceptable, and those whose wait did not?
-- One row per: side
-- Reads: responses (wait_perceived, wait_acceptable, sat_overall)
-- Hides: n per side
-- Columns:
--   side      VARCHAR  beyond or within
--   n         BIGINT
--   total     BIGINT   sum of the satisfaction scores 1-10
--   total_sq  BIGINT   sum of their squares
select
    case when wait_perceived > wait_acceptable then 'beyond' else 'within' end as side,
    count(*) as n,
    sum(sat_overall)::bigint as total,
    sum(sat_overall * sat_overall)::bigint as total_sq
from responses
where wait_perceived is not null and wait_acceptable is not null and sat_overall is not null
group by side
order by side
