-- Which answers stand behind a point of perceived against actual, newest first?
-- One row per: answer
-- Reads: responses (answered_at, wait_actual, wait_perceived)
-- Values:
--   width DOUBLE 2
--   most BIGINT 15
--   bin BIGINT 1
--   skip BIGINT 0
--   take BIGINT 100
-- Shown whole: the answers themselves; the warehouse refuses when fewer than the threshold are left
-- Columns:
--   answered_at      TIMESTAMP
--   branch           VARCHAR
--   wait_actual      DOUBLE   minutes
--   wait_perceived   DOUBLE
--   wait_acceptable  DOUBLE
--   comment          VARCHAR
--   n                BIGINT   answers in all, of which a page is shown
select answered_at, branch, wait_actual, wait_perceived, wait_acceptable, comment, count(*) over () as n
from responses
where wait_actual is not null and wait_perceived is not null
    and ($bin::bigint is null or least(ceil(wait_actual / $width::double), $most::bigint)::bigint = $bin)
order by answered_at desc, response desc
limit $take offset $skip
