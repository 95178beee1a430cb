-- In each branch, region, channel, segment or service, how many say that this factor was there?
-- One row per: grp
-- Reads: responses (factor_{factor}, {by})
-- Choices: factor = idle, before, anxious, uncertain, unexplained, unfair, valuable, alone, uncomfortable, unfamiliar
--   by = branch, region, channel, segment, service
-- Hides: n per grp
-- Columns:
--   grp   VARCHAR  code of the group
--   n     BIGINT   answers to the question
--   said  BIGINT   answers that say yes
select {by} as grp, count(*) as n, count_if(factor_{factor})::bigint as said
from responses
where factor_{factor} is not null and {by} is not null
group by grp
order by grp
