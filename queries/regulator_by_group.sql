-- How many complaints against how many outlets and customers has each branch or region, those without any included?
-- One row per: grp
-- Reads: complaints ({by}), branches (branch, {by}, outlets, customers)
-- Choices: by = region, branch
-- Hides: complaints per grp
-- Columns:
--   grp         VARCHAR  code of the group
--   complaints  BIGINT
--   outlets     BIGINT
--   customers   BIGINT
with size as (
    select {by} as grp, sum(outlets)::bigint as outlets, sum(customers)::bigint as customers
    from branches
    where {by} is not null
    group by grp
),
received as (select {by} as grp, count(*) as complaints from complaints where {by} is not null group by grp)
select size.grp, coalesce(received.complaints, 0) as complaints, size.outlets, size.customers
from size
left join received on received.grp = size.grp
order by size.grp
