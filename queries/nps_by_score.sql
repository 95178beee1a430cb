-- How often was each score from 0 to 10 given, and with what survey weight?
-- One row per: score
-- Reads: responses (recommend)
-- Adds: answers, sum_weight, sq_weight
-- Hides: n in all
-- Columns:
--   score  TINYINT
--   n      BIGINT
--   sum_w  DOUBLE  sum of the survey weights; empty where answers have none
--   sum_w2 DOUBLE  sum of their squares
select
    recommend as score,
    sum(answers)::bigint as n,
    sum(sum_weight) as sum_w,
    sum(sq_weight) as sum_w2
from responses
where recommend is not null
group by score
order by score
