-- What do customers say who never met a failure, who met one that was mended, and one that was not?
-- One row per: grp, severity
-- Reads: responses (failure, recovered, {outcome})
-- Choices: outcome = recommend, sat_overall
-- Hides: n per grp, severity
-- Columns:
--   grp       VARCHAR  never, mended, left
--   severity  TINYINT  of the failure, 0 without one
--   n         BIGINT
--   total     BIGINT   sum of the scores
--   total_sq  BIGINT   sum of their squares
select
    case when failure = 0 then 'never' when recovered then 'mended' else 'left' end as grp,
    failure as severity,
    count(*) as n,
    sum({outcome})::bigint as total,
    sum({outcome}::int * {outcome})::bigint as total_sq
from responses
where {outcome} is not null and (failure = 0 or failure between 1 and 3 and recovered is not null)
group by grp, severity
order by severity, grp
