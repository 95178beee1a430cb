-- How often was each score given to one indicator in each branch, region, channel, segment or service?
-- One row per: grp, score
-- Reads: responses ({by})
-- Choices: by = branch, region, channel, segment, service
-- Values: item VARCHAR overall
-- Each: sat
-- Hides: n per grp
-- Columns:
--   grp    VARCHAR  code of the group
--   score  TINYINT
--   n      BIGINT
with picked as (
    select
        {by} as grp,
        case $item
            when '{item}' then sat_{item} -- each item
        end as score
    from responses
)
select grp, score, count(*) as n
from picked
where grp is not null and score is not null
group by grp, score
order by grp, score
