-- How many tickets were served, given up, sent away at closing or never used, how soon were they called, and how long did they wait?
-- One row per: replicate
-- Reads: visits (outcome, wait_minutes, replicate)
-- Values: within DOUBLE 10
-- Hides: n in all
-- Columns:
--   replicate  TINYINT
--   n          BIGINT  tickets with a person behind them: all but the phantoms
--   served     BIGINT
--   abandoned  BIGINT
--   closed     BIGINT
--   phantom    BIGINT
--   in_time    BIGINT  served after a wait of at most $within minutes
--   waited     BIGINT  served tickets whose wait is known
--   wait       DOUBLE  sum of their minutes
with kinds as (  -- each outcome by itself, then side by side: several times faster than a filter for each
    select
        replicate,
        outcome,
        count(*) as n,
        -- a second is a sixtieth, which no float holds: within means within
        count(*) filter (where wait_minutes <= $within::double + 1e-6) as in_time,
        count(wait_minutes) as waited,
        sum(wait_minutes) as wait
    from visits
    where outcome is not null
    group by replicate, outcome
)
select
    replicate,
    coalesce(sum(n) filter (where outcome <> 'phantom'), 0)::bigint as n,
    coalesce(sum(n) filter (where outcome = 'served'), 0)::bigint as served,
    coalesce(sum(n) filter (where outcome = 'abandoned'), 0)::bigint as abandoned,
    coalesce(sum(n) filter (where outcome = 'closed'), 0)::bigint as closed,
    coalesce(sum(n) filter (where outcome = 'phantom'), 0)::bigint as phantom,
    coalesce(sum(in_time) filter (where outcome = 'served'), 0)::bigint as in_time,
    coalesce(sum(waited) filter (where outcome = 'served'), 0)::bigint as waited,
    sum(wait) filter (where outcome = 'served') as wait
from kinds
group by replicate
order by replicate
