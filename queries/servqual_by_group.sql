-- What did each branch, region, channel, segment or service have expected of it, and what was perceived there?
-- One row per: grp, item, replicate
-- Reads: responses (replicate, {by})
-- Adds: expecting, n_gap_{item}, sum_gap_{item}, sq_gap_{item}, sum_met_{item}
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
with summed as (
    select
        {by} as grp,
        replicate,
        [
            {item: '{item}', n: sum(n_gap_{item}), sum_p: sum(sum_met_{item}), sum_d: sum(sum_gap_{item}), sum_d2: sum(sq_gap_{item})}, -- each item
        ] as items
    from responses
    where expecting > 0 and {by} is not null
    group by grp, replicate
),
rows as (select grp, replicate, unnest(items, recursive := true) from summed)
select
    grp,
    item,
    replicate,
    n::bigint as n,
    (sum_p - sum_d)::bigint as sum_e,
    sum_p::bigint as sum_p,
    sum_d::bigint as sum_d,
    sum_d2::bigint as sum_d2
from rows
where n > 0
order by grp, item, replicate
