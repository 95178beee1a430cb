-- What happened when, and where?
-- One row per: event
-- Reads: events (event, starts_on)
-- Shown whole: a diary holds no answers
-- Columns:
--   event      VARCHAR
--   branch     VARCHAR  empty: everywhere
--   kind       VARCHAR
--   starts_on  DATE
--   ends_on    DATE
--   title_zh   VARCHAR
--   title_en   VARCHAR
select event, branch, kind, starts_on, coalesce(ends_on, starts_on) as ends_on, title_zh, title_en
from events
where starts_on is not null
order by starts_on, event
