-- In each hour of the day: how many come on how many days, how long are they served, by how many counters, how long do they wait?
-- One row per: hour, replicate
-- Reads: visits (arrived_at, outcome, wait_minutes, service_minutes, replicate)
-- Values:
--   weekday BIGINT 0
--   hall VARCHAR
--   within DOUBLE 10
-- Hides: n per hour
-- Columns:
--   hour       BIGINT   of arrival, 0 to 23
--   replicate  TINYINT
--   days       BIGINT   days on record with this hour open, each branch counted for itself; the same in all rows of an hour
--   n          BIGINT   tickets with a person behind them
--   served     BIGINT
--   abandoned  BIGINT
--   closed     BIGINT
--   in_time    BIGINT   served after a wait of at most $within minutes
--   waited     BIGINT   tickets whose wait is known, also of those who gave up: so does a queueing model count
--   wait       DOUBLE   sum of their minutes, until they were called, left or were sent away
--   timed      BIGINT   tickets whose service time is known
--   service    DOUBLE   sum of their minutes of service
--   counted    BIGINT   tickets that tell how many counters were open
--   counters   BIGINT   sum of these
with hours as (  -- one day's hour of a branch: counted once, looked at twice
    select
        branch,
        arrived_at::date as day,
        hour(arrived_at) as hour,
        replicate,
        count(*) as n,
        count(*) filter (where outcome = 'served') as served,
        count(*) filter (where outcome = 'abandoned') as abandoned,
        count(*) filter (where outcome = 'closed') as closed,
        count(*) filter (where outcome = 'served' and wait_minutes <= $within::double + 1e-6) as in_time,
        count(wait_minutes) as waited,
        sum(wait_minutes) as wait,
        count(service_minutes) as timed,
        sum(service_minutes) as service,
        count(counters_open) as counted,
        sum(counters_open) as counters
    from visits
    where outcome <> 'phantom'
        and ($weekday::bigint = 0 or isodow(arrived_at) = $weekday)
        and ($hall = '' or branch = $hall)
    group by branch, day, hour, replicate
),
-- a branch is open from the first to the last hour of the day whose arrivals it serves, also when nobody comes between
spans as (
    select branch, day, unnest(range(min(hour), max(hour) + 1)) as hour
    from hours
    where served > 0
    group by branch, day
),
open_days as (select hour, count(*) as days from spans group by hour)
select
    hour,
    replicate,
    coalesce(any_value(days), 0) as days,
    sum(n)::bigint as n,
    sum(served)::bigint as served,
    sum(abandoned)::bigint as abandoned,
    sum(closed)::bigint as closed,
    sum(in_time)::bigint as in_time,
    sum(waited)::bigint as waited,
    sum(wait) as wait,
    sum(timed)::bigint as timed,
    sum(service) as service,
    sum(counted)::bigint as counted,
    sum(counters)::bigint as counters
from hours
left join open_days using (hour)
group by hour, replicate
order by hour, replicate
