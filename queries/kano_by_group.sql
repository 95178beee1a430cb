-- Into which KANO class does each pair of answers fall, for each feature in each branch, region, channel, segment or service?
-- One row per: feature, grp, replicate
-- Reads: kano (feature, functional, dysfunctional, {by})
-- Choices: by = branch, region, channel, segment, service
--   rule = classic, pouliot
-- Hides: n per feature, grp
-- Columns:
--   feature          VARCHAR
--   grp              VARCHAR  code of the group
--   replicate        TINYINT  group for the jackknife
--   must_be          BIGINT   respondents
--   one_dimensional  BIGINT
--   attractive       BIGINT
--   indifferent      BIGINT
--   reverse          BIGINT
--   questionable     BIGINT
--   n                BIGINT   respondents who answered both questions
with evaluation (functional, classic, pouliot) as (
    values -- the letter at the place of the dysfunctional answer: like, must-be, neutral, live-with, dislike
        (1, 'QAAAO', 'QAAAO'), -- like
        (2, 'RIIIM', 'RQIIM'), -- must-be
        (3, 'RIIIM', 'RIIIM'), -- neutral
        (4, 'RIIIM', 'RIIQM'), -- live-with
        (5, 'RRRRQ', 'RRRRQ') -- dislike
),
classified as (
    select feature, {by} as grp, replicate, evaluation.{rule}[dysfunctional] as class
    from kano
    join evaluation using (functional)
    where dysfunctional between 1 and 5 and {by} is not null
)
select
    feature,
    grp,
    replicate,
    count(*) filter (where class = 'M') as must_be,
    count(*) filter (where class = 'O') as one_dimensional,
    count(*) filter (where class = 'A') as attractive,
    count(*) filter (where class = 'I') as indifferent,
    count(*) filter (where class = 'R') as reverse,
    count(*) filter (where class = 'Q') as questionable,
    count(*) as n
from classified
group by feature, grp, replicate
order by feature, grp, replicate
