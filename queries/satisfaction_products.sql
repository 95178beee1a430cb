-- Of those who answered every satisfaction question, how do the answers move together?
-- One row per: x, y, replicate
-- Reads: responses (replicate, sat_overall)
-- Adds: all_sat, all_sat_{item}, both_sat_{item}_{other}
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
with summed as (
    select
        replicate,
        [
            {x: '{item}', y: '{other}', n: sum(all_sat), sum_x: sum(all_sat_{item}), sum_y: sum(all_sat_{other}), sum_xx: sum(both_sat_{item}_{item}), sum_yy: sum(both_sat_{other}_{other}), sum_xy: sum(both_sat_{item}_{other})}, -- each pair
        ] as pairs
    from responses
    where all_sat > 0
    group by replicate
),
rows as (select replicate, unnest(pairs, recursive := true) from summed)
select
    x,
    y,
    replicate,
    n::bigint as n,
    sum_x::bigint as sum_x,
    sum_y::bigint as sum_y,
    sum_xx::bigint as sum_xx,
    sum_yy::bigint as sum_yy,
    sum_xy::bigint as sum_xy
from rows
order by x, y, replicate
