-- How long did the wait feel with each combination of the ten factors? (Sums for a regression on all of them together.)
-- One row per: factors, replicate
-- Reads: responses (wait_actual, wait_perceived, replicate)
-- Values: names VARCHAR idle before anxious uncertain unexplained unfair valuable alone uncomfortable unfamiliar
-- Each: factor
-- Hides: n in all
-- Columns:
--   factors    INTEGER  bit k is set where the k-th of the names was there
--   replicate  TINYINT
--   n          BIGINT
--   sum_x      DOUBLE   x = ln(actual minutes)
--   sum_y      DOUBLE   y = ln(perceived minutes)
--   sum_xx     DOUBLE
--   sum_xy     DOUBLE
--   sum_yy     DOUBLE
with told as (
    select
        replicate,
        ln(wait_actual) as x,
        ln(wait_perceived) as y,
        0
        + case when factor_{item} then coalesce(1 << list_position(split($names, ' '), '{item}') - 1, 0) else 0 end -- each item
        as factors
    from responses
    where wait_actual > 0 and wait_perceived > 0
        and factor_{item} is not null -- each item
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
