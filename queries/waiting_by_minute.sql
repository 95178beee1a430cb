-- How often was each wait, and each ratio of the felt to the actual wait? (For their medians.)
-- One row per: kind, value
-- Reads: responses (wait_actual, wait_perceived)
-- Hides: n in all
-- Columns:
--   kind   VARCHAR  actual, perceived (minutes to a tenth) or ratio (perceived / actual to a hundredth)
--   value  DOUBLE
--   n      BIGINT   answers that waited at all
with told as (
    select wait_actual, wait_perceived from responses where wait_actual > 0 and wait_perceived > 0
),
rows as (
    select unnest([
        {kind: 'actual', value: round(wait_actual, 1)},
        {kind: 'perceived', value: round(wait_perceived, 1)},
        {kind: 'ratio', value: round(wait_perceived / wait_actual, 2)}
    ], recursive := true)
    from told
)
select kind, value, count(*) as n
from rows
group by kind, value
order by kind, value
