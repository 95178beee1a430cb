-- In each branch, region, channel, segment or service, how many felt kept longer than they accept?
-- One row per: grp
-- Reads: responses (wait_perceived, wait_acceptable, {by})
-- Adds: weighed, over
-- Choices: by = branch, region, channel, segment, service
-- Hides: n per grp
-- Columns:
--   grp   VARCHAR  code of the group
--   n     BIGINT
--   over  BIGINT   felt longer than acceptable
select {by} as grp, sum(weighed)::bigint as n, sum(over)::bigint as over
from responses
where weighed > 0 and {by} is not null
group by grp
order by grp
