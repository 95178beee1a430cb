-- Of those who answered every one of the items, how do the items move together?
-- One row per: x, y
-- Reads: responses
-- Choices: side = perceived, expected, gap
-- Each: expected, perceived
-- Hides: n per x, y
-- Columns:
--   x       VARCHAR  an item
--   y       VARCHAR  the same or a later one
--   n       BIGINT   answers that gave all items
--   sum_x   BIGINT
--   sum_y   BIGINT
--   sum_xx  BIGINT
--   sum_yy  BIGINT
--   sum_xy  BIGINT
with sides as (
    select
        expected_{item}::smallint as expected_{item}, -- each item
        perceived_{item}::smallint as perceived_{item}, -- each item
        perceived_{item}::smallint - expected_{item} as gap_{item}, -- each item
    from responses
),
complete as (
    select *
    from sides
    where true
        and {side}_{item} is not null -- each item
),
summed as (
    select [
        {x: '{item}', y: '{other}', n: count(*), sum_x: sum({side}_{item}), sum_y: sum({side}_{other}), sum_xx: sum({side}_{item} * {side}_{item}), sum_yy: sum({side}_{other} * {side}_{other}), sum_xy: sum({side}_{item} * {side}_{other})}, -- each pair
    ] as pairs
    from complete
),
rows as (select unnest(pairs, recursive := true) from summed)
select
    x,
    y,
    n,
    sum_x::bigint as sum_x,
    sum_y::bigint as sum_y,
    sum_xx::bigint as sum_xx,
    sum_yy::bigint as sum_yy,
    sum_xy::bigint as sum_xy
from rows
where n > 0
