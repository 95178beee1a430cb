-- Which answers stand behind a number of the page, newest first?
-- One row per: answer
-- Reads: responses (answered_at, recommend)
-- Values:
--   least BIGINT 0
--   most BIGINT 6
--   since DATE 2025-11-01
--   until DATE 2025-12-01
--   word VARCHAR
--   skip BIGINT 0
--   take BIGINT 100
-- Shown whole: the answers themselves; the warehouse refuses when fewer than the threshold are left
-- Columns:
--   answered_at  TIMESTAMP
--   branch       VARCHAR
--   score        TINYINT
--   comment      VARCHAR
--   n            BIGINT  answers in all, of which a page is shown
select answered_at, branch, recommend as score, comment, count(*) over () as n
from responses
where recommend between $least and $most
    and ($since::date is null or answered_at >= $since::date)
    and ($until::date is null or answered_at < $until::date)
    and ($word = '' or list_contains(words, $word))
order by answered_at desc, response desc
limit $take offset $skip
