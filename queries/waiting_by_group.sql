-- In each branch, region, channel, segment or service, how many felt kept longer than they accept?
-- One row per: grp
-- Reads: responses (wait_perceived, wait_acceptable, {by})
-- Choices: by = branch, region, channel, segment, service
-- Hides: n per grp
-- Columns:
--   grp   VARCHAR  code of the group
--   n     BIGINT
--   over  BIGINT   felt longer than acceptable
select {by} as grp, count(*) as n, count(*) filter (where wait_perceived > wait_acceptable) as over
from responses
where wait_perceived is not null and wait_acceptable is not null and {by} is not null
group by grp
order by grp
