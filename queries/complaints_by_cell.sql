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
with spans as (
    select {by} as grp, category, floor(date_diff('second', received_at, $until::timestamp) / ($days::bigint * 86400)) as span
    from complaints
    where {by} is not null and category is not null and received_at <= $until::timestamp
),
counted as (select grp, category, span, count(*) as n from spans where span <= $spans::bigint group by all),
-- whether the oldest span is whole nobody knows
depth as (select greatest(least(max(span) - 1, $spans::bigint), 0)::bigint as weeks from spans)
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
