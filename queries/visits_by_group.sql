-- In each branch, region, channel, segment or service: how many tickets were served, given up or sent away, and how soon?
-- One row per: grp, replicate
-- Reads: visits (arrived_at, outcome, wait_minutes, replicate, {by})
-- Choices: by = branch, region, channel, segment, service
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
--   in_time    BIGINT   served after a wait of at most $within minutes
--   waited     BIGINT   served tickets whose wait is known
--   wait       DOUBLE   sum of their minutes
with kinds as (  -- each outcome by itself, then side by side: several times faster than a filter for each
    select
        {by} as grp,
        replicate,
        outcome,
        count(*) as n,
        count(*) filter (where wait_minutes <= $within::double + 1e-6) as in_time,
        count(wait_minutes) as waited,
        sum(wait_minutes) as wait
    from visits
    where outcome <> 'phantom' and {by} is not null
        and ($weekday::bigint = 0 or isodow(arrived_at) = $weekday)
        and ($hour::bigint < 0 or hour(arrived_at) = $hour)
    group by grp, replicate, outcome
)
select
    grp,
    replicate,
    sum(n)::bigint as n,
    coalesce(sum(n) filter (where outcome = 'served'), 0)::bigint as served,
    coalesce(sum(n) filter (where outcome = 'abandoned'), 0)::bigint as abandoned,
    coalesce(sum(n) filter (where outcome = 'closed'), 0)::bigint as closed,
    coalesce(sum(in_time) filter (where outcome = 'served'), 0)::bigint as in_time,
    coalesce(sum(waited) filter (where outcome = 'served'), 0)::bigint as waited,
    sum(wait) filter (where outcome = 'served') as wait
from kinds
group by grp, replicate
order by grp, replicate
