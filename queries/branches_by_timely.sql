-- How many of each branch's complaints were answered in time? Those still pending are left out.
-- One row per: branch, stratum
-- Reads: complaints (branch, timely, {mix})
-- Adds: timed, in_time
-- Choices: mix = branch, channel, segment, service
-- Shown whole: branches with few complaints are pooled (moments/metrics/leagues.py) before anybody sees them
-- Columns:
--   branch   VARCHAR
--   region   VARCHAR  the one of its branch (moments/warehouse.py), empty where unknown
--   stratum  VARCHAR  code within the mix; the branch itself where there is none
--   n        BIGINT   answered in time or late
--   hits     BIGINT   in time
select
    branch,
    coalesce(min(region), '') as region,
    coalesce({mix}, '') as stratum,
    sum(timed)::bigint as n,
    sum(in_time)::bigint as hits
from complaints
where timed > 0 and branch is not null
group by branch, stratum
order by branch, stratum
