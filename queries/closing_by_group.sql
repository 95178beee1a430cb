-- How long did complaints take to close, and how long have the open ones waited, in each group?
-- One row per: grp, step
-- Reads: complaints (received_at, closed_at)
-- Choices: by = everything, severity, channel, category, service, segment, region, branch
-- Values:
--   until TIMESTAMP 2025-12-31T09:00:00
--   clocks VARCHAR 48 360 720 1440
--   most BIGINT 100
-- Hides: n per grp
-- Columns:
--   grp     VARCHAR  code of the group, "" for everything
--   first   DOUBLE   hours of the first complaint of the step
--   time    DOUBLE   hours of the last one
--   closed  BIGINT   closed in this step
--   open    BIGINT   open, and waiting for so long
--   hours   DOUBLE   sum of the hours of the closed ones
--   n       BIGINT   both
with known as (
    select
        *,
        '' as everything,
        closed_at is not null as done,
        greatest(epoch(coalesce(closed_at, $until::timestamp) - received_at), 0) / 3600 as hours_taken
    from complaints
    where closed_at is not null or status is distinct from 'closed'
),
-- At most $most steps with as many closings in each, so that the curve bends where they are; none goes over a clock,
-- nor over the median of the closed, which stays exact. Up to $most complaints in a group, every time is a step.
stepped as (
    select
        {by}::varchar as grp,
        done,
        hours_taken,
        len(list_filter(split($clocks, ' '), lambda c: c::double < hours_taken)) as clock,
        sign(hours_taken - median(hours_taken) over (partition by {by}, done)) as side,
        ntile($most) over (partition by {by}, done order by hours_taken) as step
    from known
    where {by} is not null
)
select
    grp,
    min(hours_taken) as first,
    max(hours_taken) as time,
    count(*) filter (where done) as closed,
    count(*) filter (where not done) as open,
    coalesce(sum(hours_taken) filter (where done), 0) as hours,
    count(*) as n
from stepped
group by grp, done, clock, side, step
order by grp, time, done desc, step
