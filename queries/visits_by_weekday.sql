-- On each weekday and hour: how many come, how long do they wait, how many give up?
-- One row per: weekday, hour, replicate
-- Reads: visits (arrived_at, outcome, wait_minutes, replicate)
-- Adds: tickets, served, abandoned, closed, in_time_{clock}, waited, wait
-- Choices: clock = 600, 20, 60, 300, 900, 1800, own
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
--   in_time    BIGINT   served after a wait of at most so many seconds, of $within minutes where own
--   waited     BIGINT   served tickets whose wait is known
--   wait       DOUBLE   sum of their minutes
select
    isodow(arrived_at) as weekday,
    hour(arrived_at) as hour,
    replicate,
    sum(tickets)::bigint as n,
    sum(served)::bigint as served,
    sum(abandoned)::bigint as abandoned,
    sum(closed)::bigint as closed,
    coalesce(sum(in_time_{clock}), 0)::bigint as in_time,
    sum(waited)::bigint as waited,
    sum(wait) as wait
from visits
where tickets > 0
group by weekday, hour, replicate
order by weekday, hour, replicate
