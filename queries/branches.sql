-- Which branches are there, and where?
-- One row per: branch
-- Reads: branches (branch)
-- Shown whole: a register of branches holds no answers
-- Columns:
--   branch     VARCHAR
--   branch_zh  VARCHAR
--   branch_en  VARCHAR
--   region     VARCHAR
select branch, branch_zh, branch_en, region
from branches
order by branch
