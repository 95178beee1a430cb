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
with kinds as (  -- each outcome by itself, then side by side: several times faster than a filter for each
    select
        isodow(arrived_at) as weekday,
        hour(arrived_at) as hour,
        replicate,
        outcome,
        count(*) as n,
        count(*) filter (where wait_minutes <= $within::double + 1e-6) as in_time,
        count(wait_minutes) as waited,
        sum(wait_minutes) as wait
    from visits
    where outcome <> 'phantom'
    group by weekday, hour, replicate, outcome
)
select
    weekday,
    hour,
    replicate,
    sum(n)::bigint as n,
    coalesce(sum(n) filter (where outcome = 'served'), 0)::bigint as served,
    coalesce(sum(n) filter (where outcome = 'abandoned'), 0)::bigint as abandoned,
    coalesce(sum(n) filter (where outcome = 'closed'), 0)::bigint as closed,
    coalesce(sum(in_time) filter (where outcome = 'served'), 0)::bigint as in_time,
    coalesce(sum(waited) filter (where outcome = 'served'), 0)::bigint as waited,
    sum(wait) filter (where outcome = 'served') as wait
from kinds
group by weekday, hour, replicate
order by weekday, hour, replicate
