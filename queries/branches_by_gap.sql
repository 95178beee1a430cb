-- How far does each branch fall short of what was expected? Each answer's gap is the mean over the items it has.
-- One row per: branch, stratum
-- Reads: responses (branch, {mix})
-- Choices: mix = branch, channel, segment, service
-- Each: expected, perceived
-- Shown whole: branches with few answers are pooled (moments/metrics/leagues.py) before anybody sees them
-- Columns:
--   branch    VARCHAR
--   region    VARCHAR  one per branch, empty where unknown
--   stratum   VARCHAR  code within the mix; the branch itself where there is none
--   n         BIGINT
--   total     DOUBLE   sum of the answers' gaps, perceived - expected
--   total_sq  DOUBLE   sum of their squares
with summed as (  -- plain sums: a list for every answer costs twice as much
    select
        branch,
        region,
        coalesce({mix}, '') as stratum,
        0
            + coalesce(perceived_{item} - expected_{item}, 0) -- each item
            as total,
        0
            + (perceived_{item} is not null and expected_{item} is not null)::int -- each item
            as items
    from responses
    where branch is not null
),
answered as (select branch, region, stratum, total / items as gap from summed where items > 0)
select
    branch,
    coalesce(min(min(region)) over (partition by branch), '') as region,
    stratum,
    count(*) as n,
    sum(gap) as total,
    sum(gap * gap) as total_sq
from answered
group by branch, stratum
order by branch, stratum
