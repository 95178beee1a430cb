-- What was expected and perceived in each week, month or quarter?
-- One row per: period, item
-- Reads: responses (answered_at)
-- Adds: expecting, n_gap_{item}, sum_gap_{item}, sum_met_{item}
-- Values: step VARCHAR month
-- Each: expected, perceived
-- Hides: n per period, item
-- Columns:
--   period  DATE     its first day
--   item    VARCHAR
--   n       BIGINT   answers that gave both sides
--   sum_e   BIGINT   their expectations
--   sum_p   BIGINT   their perceptions
--   sum_d   BIGINT   their gaps, perception - expectation
with summed as (
    select
        date_trunc($step, answered_at)::date as period,
        [
            {item: '{item}', n: sum(n_gap_{item}), sum_p: sum(sum_met_{item}), sum_d: sum(sum_gap_{item})}, -- each item
        ] as items
    from responses
    where expecting > 0
    group by period
),
rows as (select period, unnest(items, recursive := true) from summed)
select
    period,
    item,
    n::bigint as n,
    (sum_p - sum_d)::bigint as sum_e,
    sum_p::bigint as sum_p,
    sum_d::bigint as sum_d
from rows
where n > 0
order by period, item
