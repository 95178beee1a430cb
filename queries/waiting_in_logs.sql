-- How many times as long as it was did the wait feel? (For the geometric mean.)
-- One row per: all answers that waited
-- Reads: responses (wait_actual, wait_perceived)
-- Hides: n in all
-- Columns:
--   n       BIGINT
--   sum_x   DOUBLE  x = ln(actual minutes)
--   sum_y   DOUBLE  y = ln(perceived minutes)
--   sum_xx  DOUBLE
--   sum_xy  DOUBLE
--   sum_yy  DOUBLE
with told as (
    select ln(wait_actual) as x, ln(wait_perceived) as y
    from responses
    where wait_actual > 0 and wait_perceived > 0
)
select count(*) as n, sum(x) as sum_x, sum(y) as sum_y, sum(x * x) as sum_xx, sum(x * y) as sum_xy, sum(y * y) as sum_yy
from told
