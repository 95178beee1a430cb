-- How often was each score given to each indicator?
-- One row per: item, score
-- Reads: responses
-- Each: sat
-- Hides: n per item
-- Columns:
--   item   VARCHAR
--   score  TINYINT
--   n      BIGINT
with given as (
    unpivot (
        select
            sat_{item}, -- each item
        from responses
    )
    on columns(*) into name item value score
)
select item[5:] as item, score, count(*) as n
from given
group by item, score
order by item, score
