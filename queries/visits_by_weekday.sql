-- On each weekday and hour: how many come, how long do they wait, how many give up?
-- One row per: weekday, hour, replicate
-- Reads: visits (arrived_at, outcome, wait_minutes, replicate)
-- Values: within DOUBLE 10
-- Hides: n per weekday, hour
-- Columns:
--   weekday    BIGINT   1 Monday to 7 Sunday
--   hour       BIGINT   of arrival, 0 to 23
--   replicate  TINYINT
--   n          BIGINT   tickets with a person behind them
--   served     BIGINT
--   abandoned  BIGINT
--   closed     BIGINT
--   in_time    BIGINT   served after a wait of at most $within minutes
--   waited     BIGINT   served tickets whose wait is known
--   wait       DOUBLE   sum of their minutes
select
    isodow(arrived_at) as weekday,
    hour(arrived_at) as hour,
    replicate,
    count(*) as n,
    count(*) filter (where outcome = 'served') as served,
    count(*) filter (where outcome = 'abandoned') as abandoned,
    count(*) filter (where outcome = 'closed') as closed,
    count(*) filter (where outcome = 'served' and wait_minutes <= $within::double + 1e-6) as in_time,
    count(wait_minutes) filter (where outcome = 'served') as waited,
    sum(wait_minutes) filter (where outcome = 'served') as wait
from visits
where outcome <> 'phantom'
group by weekday, hour, replicate
order by weekday, hour, replicate
