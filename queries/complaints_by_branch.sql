-- How many complaints does each branch have against how many answers?
-- One row per: branch
-- Reads: complaints (branch), responses (branch)
-- Hides: complaints per branch
-- Columns:
--   branch      VARCHAR
--   complaints  BIGINT
--   exposure    BIGINT  answers to the survey
with received as (select branch, count(*) as complaints from complaints where branch is not null group by branch),
answered as (select branch, count(*) as exposure from responses where branch is not null group by branch)
select branch, coalesce(complaints, 0) as complaints, exposure
from answered
left join received using (branch)
order by branch
