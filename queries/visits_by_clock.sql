-- Of all who were served or gave up, how many were served within each clock?
-- One row per: clock, replicate
-- Reads: visits (arrived_at, outcome, wait_minutes, replicate)
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
with clocks as (select unnest([0, 20, 60, 300, 600, 900, 1800, 3600]) as clock),
-- a second is a sixtieth of a minute, which no float holds: hence the grain of dust
waits as (
    select replicate, outcome = 'served' as served, ceil(wait_minutes * 60 - 1e-4) as seconds, count(*) as n
    from visits
    where outcome in ('served', 'abandoned')
        and ($weekday::bigint = 0 or isodow(arrived_at) = $weekday)
        and ($hour::bigint < 0 or hour(arrived_at) = $hour)
    group by all
)
select
    clock,
    replicate,
    sum(n)::bigint as n,
    coalesce(sum(n) filter (where served), 0)::bigint as served,
    coalesce(sum(n) filter (where not served), 0)::bigint as abandoned,
    coalesce(sum(n) filter (where served and seconds <= clock), 0)::bigint as in_time
from clocks, waits
group by clock, replicate
order by clock, replicate
