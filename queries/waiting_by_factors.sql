-- How long did the wait feel with each combination of the ten factors? (Sums for a regression on all of them together.)
-- One row per: factors, replicate
-- Reads: responses (wait_actual, wait_perceived, replicate)
-- Packs: factors
-- Each: factor
-- Hides: n in all
-- Columns:
--   factors    INTEGER  bit k is set where the k-th of metrics.waiting.FACTORS was there
--   replicate  TINYINT
--   n          BIGINT
--   sum_x      DOUBLE   x = ln(actual minutes)
--   sum_y      DOUBLE   y = ln(perceived minutes)
--   sum_xx     DOUBLE
--   sum_xy     DOUBLE
--   sum_yy     DOUBLE
with told as (
    select replicate, factors, ln(wait_actual) as x, ln(wait_perceived) as y
    from responses
    where wait_actual > 0 and wait_perceived > 0 and factors is not null
)
select
    factors,
    replicate,
    count(*) as n,
    sum(x) as sum_x,
    sum(y) as sum_y,
    sum(x * x) as sum_xx,
    sum(x * y) as sum_xy,
    sum(y * y) as sum_yy
from told
group by factors, replicate
order by factors, replicate
