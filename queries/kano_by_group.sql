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
pairs as (
    select feature, {by} as grp, functional, dysfunctional, count(*) as n
    from kano
    where dysfunctional between 1 and 5 and {by} is not null
    group by feature, grp, functional, dysfunctional
),
classified as (
    select feature, grp, evaluation.{rule}[dysfunctional] as class, n
    from pairs
    join evaluation using (functional)
)
select
    feature,
    grp,
    coalesce(sum(n) filter (where class = 'M'), 0)::bigint as M,
    coalesce(sum(n) filter (where class = 'O'), 0)::bigint as O,
    coalesce(sum(n) filter (where class = 'A'), 0)::bigint as A,
    coalesce(sum(n) filter (where class = 'I'), 0)::bigint as I,
    coalesce(sum(n) filter (where class = 'R'), 0)::bigint as R,
    coalesce(sum(n) filter (where class = 'Q'), 0)::bigint as Q,
    sum(n)::bigint as n
from classified
group by feature, grp
order by feature, grp
