-- Which complaints stand behind a number of the page, newest first?
-- One row per: complaint
-- Reads: complaints (received_at)
-- Choices: kind = category, issue
-- Values:
--   about VARCHAR fees
--   since DATE 2025-11-01
--   until DATE 2025-12-01
--   word VARCHAR
--   skip BIGINT 0
--   take BIGINT 100
-- Shown whole: the complaints themselves; the warehouse refuses when fewer than the threshold are left
-- Columns:
--   received_at  TIMESTAMP
--   branch       VARCHAR
--   comment      VARCHAR  its text
--   category     VARCHAR
--   issue        VARCHAR
--   severity     VARCHAR
--   channel      VARCHAR
--   status       VARCHAR
--   n            BIGINT   complaints in all, of which a page is shown
select
    received_at, branch, text as comment, category, issue, severity::varchar as severity, channel, status,
    count(*) over () as n
from complaints
where ($about = '' or {kind} = $about)
    and ($since::date is null or received_at >= $since::date)
    and ($until::date is null or received_at < $until::date)
    and ($word = '' or list_contains(words, $word))
order by received_at desc, complaint desc
limit $take offset $skip
