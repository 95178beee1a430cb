-- How satisfied are they with each indicator?
-- One row per: item, replicate
-- Reads: responses (replicate)
-- Adds: n_sat_{item}, sum_sat_{item}, sq_sat_{item}
-- Each: sat
-- Hides: n per item
-- Columns:
--   item       VARCHAR
--   replicate  TINYINT
--   n          BIGINT   answers
--   total      BIGINT   sum of their scores
--   total_sq   BIGINT   sum of the squares
with summed as (
    select
        replicate,
        [
            {item: '{item}', n: sum(n_sat_{item}), total: sum(sum_sat_{item}), total_sq: sum(sq_sat_{item})}, -- each item
        ] as items
    from responses
    group by replicate
),
rows as (select replicate, unnest(items, recursive := true) from summed)
select item, replicate, n::bigint as n, total::bigint as total, total_sq::bigint as total_sq
from rows
where n > 0
order by item, replicate
