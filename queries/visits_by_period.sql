-- How many tickets were drawn in each week, month or quarter, and on how many days of how many branches?
-- One row per: period
-- Reads: visits (arrived_at)
-- Adds: people
-- Values: grain VARCHAR month
-- Hides: n per period
-- Columns:
--   period    DATE    its first day
--   n         BIGINT  tickets with a person behind them
--   days      BIGINT  days on record, added up over the branches
--   branches  BIGINT  branches on record
with of_day as (
    select branch, date_trunc('day', arrived_at) as day, sum(people) as n
    from visits
    where people > 0
    group by branch, day
)
select
    date_trunc($grain, day)::date as period,
    sum(n)::bigint as n,
    count(*) as days,
    count(distinct coalesce(branch, '')) as branches
from of_day
group by period
order by period
