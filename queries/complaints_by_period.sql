-- How many complaints came in each week, month or quarter, of all kinds or of one?
-- One row per: period
-- Reads: complaints (received_at)
-- Choices: kind = category, issue
-- Values:
--   grain VARCHAR month
--   about VARCHAR
-- Shown whole: the limits of a control chart rest on every period; the page hides small ones after they are computed
-- Columns:
--   period  DATE    its first day
--   n       BIGINT  complaints of the kind $about, or of all kinds
select date_trunc($grain, received_at)::date as period, count(*) as n
from complaints
where $about = '' or {kind} = $about
group by period
order by period
