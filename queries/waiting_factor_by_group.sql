-- In each branch, region, channel, segment or service, how many say that this factor was there?
-- One row per: grp
-- Reads: responses (factor_{factor}, {by})
-- Adds: n_factor_{factor}, said_factor_{factor}
-- Choices: factor = idle, before, anxious, uncertain, unexplained, unfair, valuable, alone, uncomfortable, unfamiliar
--   by = branch, region, channel, segment, service
-- Hides: n per grp
-- Columns:
--   grp   VARCHAR  code of the group
--   n     BIGINT   answers to the question
--   said  BIGINT   answers that say yes
select {by} as grp, sum(n_factor_{factor})::bigint as n, sum(said_factor_{factor})::bigint as said
from responses
where n_factor_{factor} > 0 and {by} is not null
group by grp
order by grp
