-- How often was each pair of answers given: if the feature is there, and if it is not?
-- One row per: feature, functional, dysfunctional
-- Reads: kano (feature, functional, dysfunctional)
-- Hides: n per feature
-- Columns:
--   feature        VARCHAR
--   functional     TINYINT  answer if it is there: 1 like, 2 must-be, 3 neutral, 4 live-with, 5 dislike
--   dysfunctional  TINYINT  answer if it is not
--   n              BIGINT   respondents
select feature, functional, dysfunctional, count(*) as n
from kano
where functional between 1 and 5 and dysfunctional between 1 and 5
group by feature, functional, dysfunctional
order by feature, functional, dysfunctional
