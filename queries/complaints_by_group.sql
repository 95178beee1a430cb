-- In each branch, region, channel, segment or service: how many complaints are about one category or issue?
-- One row per: grp
-- Reads: complaints ({kind}, {by})
-- Choices: by = branch, region, channel, segment, service
--   kind = category, issue
-- Values: about VARCHAR fees
-- Hides: n per grp
-- Columns:
--   grp   VARCHAR  code of the group
--   n     BIGINT   complaints whose kind is known
--   hits  BIGINT   of those, about $about
select {by} as grp, count(*) as n, count(*) filter (where {kind} = $about) as hits
from complaints
where {kind} is not null and {by} is not null
group by grp
order by grp
