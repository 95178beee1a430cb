-- How satisfied are people after each combination of the CLEAR steps?
-- One row per: steps
-- Reads: complaints (sat_after)
-- Values: names VARCHAR control listen establish apologise resolve
-- Each: clear
-- Hides: n in all
-- Columns:
--   steps     INTEGER  bit k is set where the k-th of the names was kept
--   n         BIGINT   complaints of which every step is known
--   rated     BIGINT   of those, with a satisfaction after
--   total     BIGINT   sum of it
--   total_sq  BIGINT   sum of its squares
with handled as (
    select
        sat_after::bigint as score,
        0
        + case when clear_{item} then coalesce(1 << list_position(split($names, ' '), '{item}') - 1, 0) else 0 end -- each item
        as steps
    from complaints
    where true
        and clear_{item} is not null -- each item
)
select
    steps,
    count(*) as n,
    count(score) as rated,
    coalesce(sum(score), 0)::bigint as total,
    coalesce(sum(score * score), 0)::bigint as total_sq
from handled
group by steps
order by steps
