-- In which cells (branch, region, ... x category) came most complaints of late, and how many in equal spans before?
-- One row per: grp, category
-- Reads: complaints (received_at, category, {by})
-- Choices: by = branch, region, channel, segment, service
-- Values:
--   until TIMESTAMP 2025-12-31T09:00:00
--   days BIGINT 7
--   spans BIGINT 52
--   least BIGINT 1
-- Shown whole: cells with fewer than $least complaints of late are left out
-- Columns:
--   grp        VARCHAR  code of the group
--   category   VARCHAR
--   now        BIGINT   complaints in the last $days days up to $until
--   before     BIGINT   in the spans of as many days before that
--   before_sq  BIGINT   sum of the squares of the spans' counts
--   weeks      BIGINT   how many spans lie within the data, at most $spans
with known as (
    select {by} as grp, category, received_at
    from complaints
    where {by} is not null and category is not null and received_at <= $until::timestamp
),
spans as (
    select grp, category, date_diff('second', received_at, $until::timestamp) // ($days::bigint * 86400) as span
    from known
    where received_at > $until::timestamp - to_days(($days::bigint * ($spans::bigint + 1))::int) -- no older one is asked for
),
counted as (select grp, category, span, count(*) as n from spans where span <= $spans::bigint group by all),
-- whether the oldest span is whole nobody knows
depth as (
    select greatest(least(date_diff('second', min(received_at), $until::timestamp) // ($days::bigint * 86400) - 1, $spans::bigint), 0) as weeks
    from known
)
select
    grp,
    category,
    coalesce(sum(n) filter (where span = 0), 0)::bigint as now,
    coalesce(sum(n) filter (where span between 1 and weeks), 0)::bigint as before,
    coalesce(sum(n * n) filter (where span between 1 and weeks), 0)::bigint as before_sq,
    weeks
from counted, depth
group by grp, category, weeks
having now >= $least::bigint
order by now desc, grp, category
