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
    select '' as item, 0::tinyint as score, 0 as n where false
    union all select '{item}', sat_{item}, count(*) from responses group by sat_{item} -- each item
)
select item, score, n
from given
where score is not null
order by item, score
