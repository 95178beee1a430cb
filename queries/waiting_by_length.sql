-- How long did waits of each length feel?
-- One row per: bin
-- Reads: responses (wait_actual, wait_perceived)
-- Values:
--   width DOUBLE 2
--   most BIGINT 15
-- Hides: n per bin
-- Columns:
--   bin       BIGINT  actual minutes / width, rounded up: 0 did not wait; the last takes all that is longer
--   n         BIGINT
--   actual    DOUBLE  sum of the actual minutes
--   total     DOUBLE  sum of the felt minutes
--   total_sq  DOUBLE  sum of their squares
select
    least(ceil(wait_actual / $width::double), $most::bigint)::bigint as bin,
    count(*) as n,
    sum(wait_actual) as actual,
    sum(wait_perceived) as total,
    sum(wait_perceived * wait_perceived) as total_sq
from responses
where wait_actual is not null and wait_perceived is not null
group by bin
order by bin
