-- In each branch, region, ...: in how many complaints was a step kept, or came the customer again or went higher?
-- One row per: grp
-- Reads: complaints ({what}, {by})
-- Choices: by = branch, region, channel, segment, service
--   what = clear_control, clear_listen, clear_establish, clear_apologise, clear_resolve, repeated, escalated
-- Hides: n per grp
-- Columns:
--   grp   VARCHAR  code of the group
--   n     BIGINT   complaints of which it is known
--   hits  BIGINT   of those, yes
select {by} as grp, count(*) as n, count(*) filter (where {what}) as hits
from complaints
where {what} is not null and {by} is not null
group by grp
order by grp
