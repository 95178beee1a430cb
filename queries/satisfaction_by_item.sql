-- How satisfied are they with each indicator?
-- One row per: item, replicate
-- Reads: responses (replicate)
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
            {item: '{item}', n: count(sat_{item}), total: sum(sat_{item}), total_sq: sum(sat_{item}::smallint * sat_{item})}, -- each item
        ] as items
    from responses
    group by replicate
),
rows as (select replicate, unnest(items, recursive := true) from summed)
select item, replicate, n, total::bigint as total, total_sq::bigint as total_sq
from rows
where n > 0
order by item, replicate
