-- What did each branch, region, channel, segment or service have expected of it, and what was perceived there?
-- One row per: grp, item, replicate
-- Reads: responses (replicate, {by})
-- Choices: by = branch, region, channel, segment, service
-- Each: expected, perceived
-- Hides: n per grp, item
-- Columns:
--   grp        VARCHAR  code of the group
--   item       VARCHAR
--   replicate  TINYINT
--   n          BIGINT   answers that gave both sides
--   sum_e      BIGINT   their expectations
--   sum_p      BIGINT   their perceptions
--   sum_d      BIGINT   their gaps, perception - expectation
--   sum_d2     BIGINT   squares of their gaps
with answered as (
    select
        {by} as grp,
        replicate,
        expected_{item}::smallint as expected_{item}, -- each item
        perceived_{item}::smallint - expected_{item} as gap_{item}, -- each item
    from responses
    where {by} is not null and coalesce(
        expected_{item}, -- each item
        null) is not null
),
summed as (
    select
        grp,
        replicate,
        [
            {item: '{item}', n: count(gap_{item}), sum_p: sum(expected_{item} + gap_{item}), sum_d: sum(gap_{item}), sum_d2: sum(gap_{item} * gap_{item})}, -- each item
        ] as items
    from answered
    group by grp, replicate
),
rows as (select grp, replicate, unnest(items, recursive := true) from summed)
select
    grp,
    item,
    replicate,
    n,
    (sum_p - sum_d)::bigint as sum_e,
    sum_p::bigint as sum_p,
    sum_d::bigint as sum_d,
    sum_d2::bigint as sum_d2
from rows
where n > 0
order by grp, item, replicate
