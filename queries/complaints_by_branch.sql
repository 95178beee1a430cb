-- How many complaints does each branch have against how many answers?
-- One row per: branch
-- Reads: complaints (branch), responses (branch)
-- Adds: answers
-- Hides: complaints per branch
-- Columns:
--   branch      VARCHAR
--   complaints  BIGINT
--   exposure    BIGINT  answers to the survey
with received as (select branch, sum(answers) as complaints from complaints where branch is not null group by branch),
answered as (select branch, sum(answers) as exposure from responses where branch is not null group by branch)
select branch, coalesce(complaints, 0)::bigint as complaints, exposure::bigint as exposure
from answered
left join received using (branch)
order by branch
