-- How satisfied are the customers of each branch, region, channel, segment or service with each indicator?
-- One row per: grp, item, replicate
-- Reads: responses (replicate, {by})
-- Adds: n_sat_{item}, sum_sat_{item}, sq_sat_{item}
-- Choices: by = branch, region, channel, segment, service
-- Each: sat
-- Hides: n per grp, item
-- Columns:
--   grp        VARCHAR  code of the group
--   item       VARCHAR
--   replicate  TINYINT
--   n          BIGINT   answers
--   total      BIGINT   sum of their scores
--   total_sq   BIGINT   sum of the squares
with summed as (
    select
        {by} as grp,
        replicate,
        [
            {item: '{item}', n: sum(n_sat_{item}), total: sum(sum_sat_{item}), total_sq: sum(sq_sat_{item})}, -- each item
        ] as items
    from responses
    where {by} is not null
    group by grp, replicate
),
rows as (select grp, replicate, unnest(items, recursive := true) from summed)
select grp, item, replicate, n::bigint as n, total::bigint as total, total_sq::bigint as total_sq
from rows
where n > 0
order by grp, item, replicate
