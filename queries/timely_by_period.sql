-- How many complaints of each week, month or quarter were closed in time? Those still pending are left out.
-- One row per: period
-- Reads: complaints (received_at, timely)
-- Adds: timed, in_time
-- Values: grain VARCHAR month
-- Hides: n per period
-- Columns:
--   period  DATE    its first day
--   n       BIGINT  closed in time or late
--   hits    BIGINT  in time
select
    date_trunc($grain, received_at)::date as period,
    sum(timed)::bigint as n,
    sum(in_time)::bigint as hits
from complaints
where timed > 0
group by period
order by period
