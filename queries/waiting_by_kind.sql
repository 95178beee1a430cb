-- How long did people wait, how long did it feel, how long would they accept, and how often was it more than that?
-- One row per: kind
-- Reads: responses (wait_actual, wait_perceived)
-- Hides: n per kind
-- Columns:
--   kind      VARCHAR  actual, perceived or acceptable; all of answers that tell the first two
--   n         BIGINT
--   total     DOUBLE   minutes
--   total_sq  DOUBLE   sum of their squares
--   asked     BIGINT   answers that tell what is acceptable as well
--   over      BIGINT   of these, how many waited longer than acceptable
with told as (
    select wait_actual, wait_perceived, wait_acceptable
    from responses
    where wait_actual is not null and wait_perceived is not null
),
rows as (
    select unnest([
        {kind: 'actual', minutes: wait_actual, acceptable: wait_acceptable},
        {kind: 'perceived', minutes: wait_perceived, acceptable: wait_acceptable},
        {kind: 'acceptable', minutes: wait_acceptable, acceptable: wait_acceptable}
    ], recursive := true)
    from told
)
select
    kind,
    count(minutes) as n,
    sum(minutes) as total,
    sum(minutes * minutes) as total_sq,
    count(acceptable) as asked,
    count(*) filter (where minutes > acceptable) as over
from rows
group by kind
order by kind
