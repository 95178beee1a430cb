-- How many complaints of each week, month or quarter were closed in time? Those still pending are left out.
-- One row per: period
-- Reads: complaints (received_at, timely)
-- Values: grain VARCHAR month
-- Hides: n per period
-- Columns:
--   period  DATE    its first day
--   n       BIGINT  closed in time or late
--   hits    BIGINT  in time
select
    date_trunc($grain, received_at)::date as period,
    count(*) as n,
    count(*) filter (where timely = 'yes') as hits
from complaints
where timely in ('yes', 'no')
group by period
order by period
