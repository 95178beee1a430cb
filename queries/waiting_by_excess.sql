-- How satisfied are people overall, by how many minutes more than acceptable the wait felt?
-- One row per: bin
-- Reads: responses (wait_perceived, wait_acceptable, sat_overall)
-- Values:
--   width DOUBLE 2
--   most BIGINT 6
-- Hides: n per bin
-- Columns:
--   bin       BIGINT  (perceived - acceptable) / width, rounded up: up to 0 was acceptable; the ends take what is beyond
--   n         BIGINT
--   excess    DOUBLE  sum of perceived - acceptable, minutes
--   total     BIGINT  sum of the satisfaction scores 1-10
--   total_sq  BIGINT  sum of their squares
select
    least(greatest(ceil((wait_perceived - wait_acceptable) / $width::double), -$most::bigint), $most::bigint)::bigint as bin,
    count(*) as n,
    sum(wait_perceived - wait_acceptable) as excess,
    sum(sat_overall)::bigint as total,
    sum(sat_overall * sat_overall)::bigint as total_sq
from responses
where wait_perceived is not null and wait_acceptable is not null and sat_overall is not null
group by bin
order by bin
