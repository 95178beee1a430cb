-- How satisfied are they with each indicator in each week, month or quarter?
-- One row per: period, item, replicate
-- Reads: responses (answered_at, replicate)
-- Adds: n_sat_{item}, sum_sat_{item}, sq_sat_{item}
-- Values: step VARCHAR month
-- Each: sat
-- Hides: n per period, item
-- Columns:
--   period     DATE     its first day
--   item       VARCHAR
--   replicate  TINYINT
--   n          BIGINT   answers
--   total      BIGINT   sum of their scores
--   total_sq   BIGINT   sum of the squares
with summed as (
    select
        date_trunc($step, answered_at)::date as period,
        replicate,
        [
            {item: '{item}', n: sum(n_sat_{item}), total: sum(sum_sat_{item}), total_sq: sum(sq_sat_{item})}, -- each item
        ] as items
    from responses
    group by period, replicate
),
rows as (select period, replicate, unnest(items, recursive := true) from summed)
select period, item, replicate, n::bigint as n, total::bigint as total, total_sq::bigint as total_sq
from rows
where n > 0
order by period, item, replicate
