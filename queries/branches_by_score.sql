-- How many answers has each branch, and what do they add up to, for one question answered by a number?
-- One row per: branch, stratum
-- Reads: responses (branch, {of}, {mix})
-- Adds: n_{of}, sum_{of}, sq_{of}
-- Choices:
--   of = sat_overall, wait_perceived
--   mix = branch, channel, segment, service
-- Values:
--   unit DOUBLE 10
-- Shown whole: branches with few answers are pooled (moments/metrics/leagues.py) before anybody sees them
-- Columns:
--   branch    VARCHAR
--   region    VARCHAR  the one of its branch (moments/warehouse.py), empty where unknown
--   stratum   VARCHAR  code within the mix; the branch itself where there is none
--   n         BIGINT
--   total     DOUBLE   sum of the answers, each counted in the unit asked for: an index in points, minutes as they are
--   total_sq  DOUBLE   sum of their squares
select
    branch,
    coalesce(min(region), '') as region,
    coalesce({mix}, '') as stratum,
    sum(n_{of})::bigint as n,
    sum(sum_{of}) * $unit::double as total,
    sum(sq_{of}) * $unit::double ** 2 as total_sq
from responses
where n_{of} > 0 and branch is not null
group by branch, stratum
order by branch, stratum
