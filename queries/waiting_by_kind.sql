-- How long did people wait, how long did it feel, how long would they accept, and how often was it more than that?
-- One row per: kind
-- Reads: responses (wait_actual, wait_perceived)
-- Adds: told, sum_actual, sq_actual, sum_perceived, sq_perceived, asked, sum_acceptable, sq_acceptable, over_actual, over_perceived
-- Hides: n per kind
-- Columns:
--   kind      VARCHAR  actual, perceived or acceptable; all of answers that tell the first two
--   n         BIGINT
--   total     DOUBLE   minutes
--   total_sq  DOUBLE   sum of their squares
--   asked     BIGINT   answers that tell what is acceptable as well
--   over      BIGINT   of these, how many waited longer than acceptable
with summed as (
    select [
        {kind: 'actual', n: sum(told), total: sum(sum_actual), total_sq: sum(sq_actual), over: sum(over_actual)},
        {kind: 'perceived', n: sum(told), total: sum(sum_perceived), total_sq: sum(sq_perceived), over: sum(over_perceived)},
        {kind: 'acceptable', n: sum(asked), total: sum(sum_acceptable), total_sq: sum(sq_acceptable), over: 0}
    ] as kinds, sum(asked) as asked
    from responses
    where told > 0
    having count(*) > 0
),
rows as (select asked, unnest(kinds, recursive := true) from summed)
select kind, n::bigint as n, total, total_sq, asked::bigint as asked, over::bigint as over
from rows
order by kind
