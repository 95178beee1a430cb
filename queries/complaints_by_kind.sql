-- How many complaints are there about each category or issue?
-- One row per: kind
-- Reads: complaints ({kind})
-- Choices: kind = category, issue
-- Hides: n per kind
-- Columns:
--   kind   VARCHAR  code of the category or issue
--   n      BIGINT
--   whole  BIGINT   complaints of all kinds that are known
select {kind} as kind, count(*) as n, sum(count(*)) over ()::bigint as whole
from complaints
where {kind} is not null
group by kind
order by n desc, kind
