-- How many tickets were served, given up, sent away at closing or never used, how soon were they called, and how long did they wait?
-- One row per: replicate
-- Reads: visits (outcome, wait_minutes, replicate)
-- Adds: used, phantom, tickets, served, abandoned, closed, in_time_{clock}, waited, wait
-- Choices: clock = 600, 20, 60, 300, 900, 1800, own
-- Values: within DOUBLE 10
-- Hides: n in all
-- Columns:
--   replicate  TINYINT
--   n          BIGINT  tickets with a person behind them: all but the phantoms
--   served     BIGINT
--   abandoned  BIGINT
--   closed     BIGINT
--   phantom    BIGINT
--   in_time    BIGINT  served after a wait of at most so many seconds, of $within minutes where own
--   waited     BIGINT  served tickets whose wait is known
--   wait       DOUBLE  sum of their minutes
select
    replicate,
    sum(tickets)::bigint as n,
    sum(served)::bigint as served,
    sum(abandoned)::bigint as abandoned,
    sum(closed)::bigint as closed,
    sum(phantom)::bigint as phantom,
    coalesce(sum(in_time_{clock}), 0)::bigint as in_time,
    sum(waited)::bigint as waited,
    sum(wait) as wait
from visits
where used > 0
group by replicate
order by replicate
