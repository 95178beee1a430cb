-- How many promoters, passives and detractors were there in each week, month or quarter?
-- One row per: period
-- Reads: responses (answered_at, recommend)
-- Values: grain VARCHAR month
-- Hides: n per period
-- Columns:
--   period      DATE    its first day
--   promoters   BIGINT  answers 9-10
--   passives    BIGINT  answers 7-8
--   detractors  BIGINT  answers 0-6
--   n           BIGINT
select
    date_trunc($grain, answered_at)::date as period,
    count(*) filter (where recommend >= 9) as promoters,
    count(*) filter (where recommend between 7 and 8) as passives,
    count(*) filter (where recommend <= 6) as detractors,
    count(*) as n
from responses
where recommend is not null
group by period
order by period
