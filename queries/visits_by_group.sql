-- In each branch, region, channel, segment or service: how many tickets were served, given up or sent away, and how soon?
-- One row per: grp, replicate
-- Reads: visits (arrived_at, outcome, wait_minutes, replicate, {by})
-- Adds: tickets, served, abandoned, closed, in_time_{clock}, waited, wait
-- Choices:
--   by = branch, region, channel, segment, service
--   clock = 600, 20, 60, 300, 900, 1800, own
-- Values:
--   within DOUBLE 10
--   weekday BIGINT 0
--   hour BIGINT -1
-- Hides: n per grp
-- Columns:
--   grp        VARCHAR  code of the group
--   replicate  TINYINT
--   n          BIGINT   tickets with a person behind them
--   served     BIGINT
--   abandoned  BIGINT
--   closed     BIGINT
--   in_time    BIGINT   served after a wait of at most so many seconds, of $within minutes where own
--   waited     BIGINT   served tickets whose wait is known
--   wait       DOUBLE   sum of their minutes
select
    {by} as grp,
    replicate,
    sum(tickets)::bigint as n,
    sum(served)::bigint as served,
    sum(abandoned)::bigint as abandoned,
    sum(closed)::bigint as closed,
    coalesce(sum(in_time_{clock}), 0)::bigint as in_time,
    sum(waited)::bigint as waited,
    sum(wait) as wait
from visits
where tickets > 0 and {by} is not null
    and ($weekday::bigint = 0 or isodow(arrived_at) = $weekday)
    and ($hour::bigint < 0 or hour(arrived_at) = $hour)
group by grp, replicate
order by grp, replicate
