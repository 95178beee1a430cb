-- Over all cells (branch, region, ... x category): how unevenly do complaints come, span by span?
-- One row per: all cells together
-- Reads: complaints (received_at, category, {by})
-- Choices: by = branch, region, channel, segment, service
-- Values:
--   until TIMESTAMP 2025-12-31T09:00:00
--   days BIGINT 7
--   spans BIGINT 52
-- Hides: n in all
-- Columns:
--   cells      BIGINT  cells with any complaint
--   weeks      BIGINT  spans before the last one, at most $spans
--   before     BIGINT  complaints in them
--   before_sq  BIGINT  sum of the squares of the counts of a cell in a span
--   squares    BIGINT  sum of the squares of the counts of a cell in all spans
--   n          BIGINT  complaints looked at
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
depth as (
    select greatest(least(date_diff('second', min(received_at), $until::timestamp) // ($days::bigint * 86400) - 1, $spans::bigint), 0) as weeks
    from known
),
cells as (
    select
        grp,
        category,
        sum(n) as n,
        coalesce(sum(n) filter (where span between 1 and weeks), 0) as before,
        coalesce(sum(n * n) filter (where span between 1 and weeks), 0) as before_sq
    from counted, depth
    group by grp, category
)
select
    count(*) as cells,
    (select weeks from depth) as weeks,
    coalesce(sum(before), 0)::bigint as before,
    coalesce(sum(before_sq), 0)::bigint as before_sq,
    coalesce(sum(before * before), 0)::bigint as squares,
    coalesce(sum(n), 0)::bigint as n
from cells
