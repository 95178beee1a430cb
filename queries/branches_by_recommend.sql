-- How many promoters, passives and detractors has each branch, by what its customers came for or who they are?
-- One row per: branch, stratum
-- Reads: responses (branch, recommend, {mix})
-- Adds: promoters, passives, detractors, rated
-- Choices: mix = branch, channel, segment, service
-- Shown whole: branches with few answers are pooled (moments/metrics/leagues.py) before anybody sees them
-- Columns:
--   branch      VARCHAR
--   region      VARCHAR  the one of its branch (moments/warehouse.py), empty where unknown
--   stratum     VARCHAR  code within the mix; the branch itself where there is none
--   promoters   BIGINT   answers 9-10
--   passives    BIGINT   answers 7-8
--   detractors  BIGINT   answers 0-6
select
    branch,
    coalesce(min(region), '') as region,
    coalesce({mix}, '') as stratum,
    sum(promoters)::bigint as promoters,
    sum(passives)::bigint as passives,
    sum(detractors)::bigint as detractors
from responses
where rated > 0 and branch is not null
group by branch, stratum
order by branch, stratum
