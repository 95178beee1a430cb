-- How many promoters, passives and detractors are there in each branch, region, channel, segment or service?
-- One row per: grp
-- Reads: responses (recommend, {by})
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
    count(*) filter (where recommend >= 9) as promoters,
    count(*) filter (where recommend between 7 and 8) as passives,
    count(*) filter (where recommend <= 6) as detractors,
    count(*) as n
from responses
where recommend is not null and {by} is not null
group by grp
order by grp
