-- Of those who answered every satisfaction question, how do the answers move together?
-- One row per: x, y, replicate
-- Reads: responses (replicate, sat_overall)
-- Each: sat
-- Hides: n per x, y
-- Columns:
--   x          VARCHAR   an indicator
--   y          VARCHAR   the same or a later one
--   replicate  TINYINT
--   n          BIGINT    answers that gave all indicators
--   sum_x      BIGINT
--   sum_y      BIGINT
--   sum_xx     BIGINT
--   sum_yy     BIGINT
--   sum_xy     BIGINT
with complete as (
    select
        replicate,
        sat_{item}::smallint as sat_{item}, -- each item
    from responses
    where true
        and sat_{item} is not null -- each item
),
summed as (
    select
        replicate,
        [
            {x: '{item}', y: '{other}', n: count(*), sum_x: sum(sat_{item}), sum_y: sum(sat_{other}), sum_xx: sum(sat_{item} * sat_{item}), sum_yy: sum(sat_{other} * sat_{other}), sum_xy: sum(sat_{item} * sat_{other})}, -- each pair
        ] as pairs
    from complete
    group by replicate
),
rows as (select replicate, unnest(pairs, recursive := true) from summed)
select
    x,
    y,
    replicate,
    n,
    sum_x::bigint as sum_x,
    sum_y::bigint as sum_y,
    sum_xx::bigint as sum_xx,
    sum_yy::bigint as sum_yy,
    sum_xy::bigint as sum_xy
from rows
order by x, y, replicate
