-- Into which KANO class does each pair of answers fall, for each feature in each branch, region, channel, segment or service?
-- One row per: feature, grp
-- Reads: kano (feature, functional, dysfunctional, {by})
-- Choices: by = branch, region, channel, segment, service
--   rule = classic, pouliot
-- Hides: n per feature, grp
-- Columns:
--   feature    VARCHAR
--   grp        VARCHAR  code of the group
--   M          BIGINT   must-be: respondents
--   O          BIGINT   one-dimensional
--   A          BIGINT   attractive
--   I          BIGINT   indifferent
--   R          BIGINT   reverse
--   Q          BIGINT   questionable
--   n          BIGINT   respondents who answered both questions
with evaluation (functional, classic, pouliot) as (
    values -- the letter at the place of the dysfunctional answer: like, must-be, neutral, live-with, dislike
        (1, 'QAAAO', 'QAAAO'), -- like
        (2, 'RIIIM', 'RQIIM'), -- must-be
        (3, 'RIIIM', 'RIIIM'), -- neutral
        (4, 'RIIIM', 'RIIQM'), -- live-with
        (5, 'RRRRQ', 'RRRRQ') -- dislike
),
classified as (
    select feature, {by} as grp, evaluation.{rule}[dysfunctional] as class
    from kano
    join evaluation using (functional)
    where dysfunctional between 1 and 5 and {by} is not null
)
select
    feature,
    grp,
    count(*) filter (where class = 'M') as M,
    count(*) filter (where class = 'O') as O,
    count(*) filter (where class = 'A') as A,
    count(*) filter (where class = 'I') as I,
    count(*) filter (where class = 'R') as R,
    count(*) filter (where class = 'Q') as Q,
    count(*) as n
from classified
group by feature, grp
order by feature, grp
