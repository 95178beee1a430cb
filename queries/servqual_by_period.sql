-- What was expected and perceived in each week, month or quarter?
-- One row per: period, item, replicate
-- Reads: responses (replicate, answered_at)
-- Values: step VARCHAR month
-- Each: expected, perceived
-- Hides: n per period, item
-- Columns:
--   period     DATE     its first day
--   item       VARCHAR
--   replicate  TINYINT
--   n          BIGINT   answers that gave both sides
--   sum_e      BIGINT   their expectations
--   sum_p      BIGINT   their perceptions
--   sum_d      BIGINT   their gaps, perception - expectation
--   sum_d2     BIGINT   squares of their gaps
with answered as (
    select
        date_trunc($step, answered_at)::date as period,
        replicate,
        expected_{item}::smallint as expected_{item}, -- each item
        perceived_{item}::smallint - expected_{item} as gap_{item}, -- each item
    from responses
    where coalesce(
        expected_{item}, -- each item
        null) is not null
),
summed as (
    select
        period,
        replicate,
        [
            {item: '{item}', n: count(gap_{item}), sum_p: sum(expected_{item} + gap_{item}), sum_d: sum(gap_{item}), sum_d2: sum(gap_{item} * gap_{item})}, -- each item
        ] as items
    from answered
    group by period, replicate
),
rows as (select period, replicate, unnest(items, recursive := true) from summed)
select
    period,
    item,
    replicate,
    n,
    (sum_p - sum_d)::bigint as sum_e,
    sum_p::bigint as sum_p,
    sum_d::bigint as sum_d,
    sum_d2::bigint as sum_d2
from rows
where n > 0
order by period, item, replicate
