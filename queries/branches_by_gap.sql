-- How far does each branch fall short of what was expected? Each answer's gap is the mean over the items it has.
-- One row per: branch, stratum
-- Reads: responses (branch, {mix})
-- Adds: n_gap, sum_gap, sq_gap
-- Choices: mix = branch, channel, segment, service
-- Each: expected, perceived
-- Shown whole: branches with few answers are pooled (moments/metrics/leagues.py) before anybody sees them
-- Columns:
--   branch    VARCHAR
--   region    VARCHAR  the one of its branch (moments/warehouse.py), empty where unknown
--   stratum   VARCHAR  code within the mix; the branch itself where there is none
--   n         BIGINT
--   total     DOUBLE   sum of the answers' gaps, perceived - expected
--   total_sq  DOUBLE   sum of their squares
select
    branch,
    coalesce(min(region), '') as region,
    coalesce({mix}, '') as stratum,
    sum(n_gap)::bigint as n,
    sum(sum_gap) as total,
    sum(sq_gap) as total_sq
from responses
where n_gap > 0 and branch is not null
group by branch, stratum
order by branch, stratum
