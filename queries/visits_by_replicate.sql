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
select
    replicate,
    count(*) filter (where outcome <> 'phantom') as n,
    count(*) filter (where outcome = 'served') as served,
    count(*) filter (where outcome = 'abandoned') as abandoned,
    count(*) filter (where outcome = 'closed') as closed,
    count(*) filter (where outcome = 'phantom') as phantom,
    -- a second is a sixtieth, which no float holds: within means within
    count(*) filter (where outcome = 'served' and wait_minutes <= $within::double + 1e-6) as in_time,
    count(wait_minutes) filter (where outcome = 'served') as waited,
    sum(wait_minutes) filter (where outcome = 'served') as wait
from visits
where outcome is not null
group by replicate
order by replicate
