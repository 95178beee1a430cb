-- Of all who were served or gave up, how many were served within each clock?
-- One row per: clock, replicate
-- Reads: visits (outcome, wait_minutes, replicate)
-- Hides: n per clock
-- Columns:
--   clock      INTEGER  seconds
--   replicate  TINYINT
--   n          BIGINT   served or gave up
--   in_time    BIGINT   served after a wait of at most the clock
with clocks as (select unnest([0, 20, 60, 120, 300, 600, 900, 1200, 1800, 3600]) as clock),
-- a second is a sixtieth of a minute, which no float holds: hence the grain of dust
waits as (
    select replicate, outcome = 'served' as served, ceil(wait_minutes * 60 - 1e-4) as seconds, count(*) as n
    from visits
    where outcome in ('served', 'abandoned')
    group by all
)
select
    clock,
    replicate,
    sum(n)::bigint as n,
    coalesce(sum(n) filter (where served and seconds <= clock), 0)::bigint as in_time
from clocks, waits
group by clock, replicate
order by clock, replicate
