-- How many personal customers has each branch?
-- One row per: branch
-- Reads: branches (branch, customers)
-- Shown whole: a register of branches holds no answers
-- Columns:
--   branch     VARCHAR
--   region     VARCHAR
--   customers  BIGINT
select branch, region, customers
from branches
order by branch
