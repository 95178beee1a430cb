-- Where do perceptions lie between the level that would do and the level that is hoped for?
-- One row per: item, replicate
-- Reads: responses (replicate)
-- Each: expected, perceived, adequate
-- Hides: n per item
-- Columns:
--   item       VARCHAR
--   replicate  TINYINT
--   n          BIGINT   answers that gave all three
--   sum_e      BIGINT   their expectations
--   sum_p      BIGINT   their perceptions
--   sum_a      BIGINT   their adequate levels
--   sum_d      BIGINT   perception - expectation
--   sum_d2     BIGINT   squares of it
--   sum_pa     BIGINT   perception - adequate
--   sum_pa2    BIGINT   squares of it
with answered as (
    select
        replicate,
        perceived_{item}::smallint + 0 * expected_{item} + 0 * adequate_{item} as perceived_{item}, -- each item
        perceived_{item}::smallint - expected_{item} + 0 * adequate_{item} as gap_{item}, -- each item
        perceived_{item}::smallint - adequate_{item} + 0 * expected_{item} as over_{item}, -- each item
    from responses
    where coalesce(
        adequate_{item}, -- each item
        null) is not null
),
summed as (
    select
        replicate,
        [
            {item: '{item}', n: count(gap_{item}), sum_p: sum(perceived_{item}), sum_d: sum(gap_{item}), sum_d2: sum(gap_{item} * gap_{item}), sum_pa: sum(over_{item}), sum_pa2: sum(over_{item} * over_{item})}, -- each item
        ] as items
    from answered
    group by replicate
),
rows as (select replicate, unnest(items, recursive := true) from summed)
select
    item,
    replicate,
    n,
    (sum_p - sum_d)::bigint as sum_e,
    sum_p::bigint as sum_p,
    (sum_p - sum_pa)::bigint as sum_a,
    sum_d::bigint as sum_d,
    sum_d2::bigint as sum_d2,
    sum_pa::bigint as sum_pa,
    sum_pa2::bigint as sum_pa2
from rows
where n > 0
order by item, replicate
