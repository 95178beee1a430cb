-- How many promoters, passives and detractors were there in each week, month or quarter?
-- One row per: period
-- Reads: responses (answered_at, recommend)
-- Adds: promoters, passives, detractors, rated
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
    sum(promoters)::bigint as promoters,
    sum(passives)::bigint as passives,
    sum(detractors)::bigint as detractors,
    sum(rated)::bigint as n
from responses
where rated > 0
group by period
order by period
