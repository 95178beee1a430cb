-- Of all who were served or gave up, how many were served within each clock?
-- One row per: clock, replicate
-- Reads: visits (arrived_at, outcome, wait_minutes, replicate)
-- Adds: served, abandoned, in_time_0, in_time_20, in_time_60, in_time_300, in_time_600, in_time_900, in_time_1800, in_time_3600
-- Values:
--   weekday BIGINT 0
--   hour BIGINT -1
-- Hides: n per clock
-- Columns:
--   clock      INTEGER  seconds
--   replicate  TINYINT
--   n          BIGINT   served or gave up
--   served     BIGINT
--   abandoned  BIGINT
--   in_time    BIGINT   served after a wait of at most the clock
with summed as (
    select
        replicate,
        sum(served)::bigint as served,
        sum(abandoned)::bigint as abandoned,
        [
            {clock: 0, in_time: coalesce(sum(in_time_0), 0)::bigint},
            {clock: 20, in_time: coalesce(sum(in_time_20), 0)::bigint},
            {clock: 60, in_time: coalesce(sum(in_time_60), 0)::bigint},
            {clock: 300, in_time: coalesce(sum(in_time_300), 0)::bigint},
            {clock: 600, in_time: coalesce(sum(in_time_600), 0)::bigint},
            {clock: 900, in_time: coalesce(sum(in_time_900), 0)::bigint},
            {clock: 1800, in_time: coalesce(sum(in_time_1800), 0)::bigint},
            {clock: 3600, in_time: coalesce(sum(in_time_3600), 0)::bigint}
        ] as clocks
    from visits
    where (served > 0 or abandoned > 0)
        and ($weekday::bigint = 0 or isodow(arrived_at) = $weekday)
        and ($hour::bigint < 0 or hour(arrived_at) = $hour)
    group by replicate
),
rows as (select replicate, served, abandoned, unnest(clocks, recursive := true) from summed)
select clock, replicate, served + abandoned as n, served, abandoned, in_time
from rows
order by clock, replicate
