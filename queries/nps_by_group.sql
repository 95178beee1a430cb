-- How many promoters, passives and detractors are there in each branch, region, channel, segment or service?
-- One row per: grp
-- Reads: responses (recommend, {by})
-- Adds: promoters, passives, detractors, rated
-- Choices: by = branch, region, channel, segment, service
-- Hides: n per grp
-- Columns:
--   grp         VARCHAR  code of the group
--   promoters   BIGINT   answers 9-10
--   passives    BIGINT   answers 7-8
--   detractors  BIGINT   answers 0-6
--   n           BIGINT
select
    {by} as grp,
    sum(promoters)::bigint as promoters,
    sum(passives)::bigint as passives,
    sum(detractors)::bigint as detractors,
    sum(rated)::bigint as n
from responses
where rated > 0 and {by} is not null
group by grp
order by grp
