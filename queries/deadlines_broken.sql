-- Which complaints broke a promise, and by how many hours? Those farthest over first.
-- One row per: complaint
-- Reads: complaints (received_at)
-- Choices: promise = closure, answer, due
-- Values:
--   seconds DOUBLE 172800
--   until TIMESTAMP 2025-12-31T09:00:00
--   skip BIGINT 0
--   take BIGINT 100
-- Shown whole: the complaints themselves; the warehouse refuses when fewer than the threshold are left
-- Columns:
--   received_at  TIMESTAMP
--   over         DOUBLE   hours beyond the clock, up to now where it is still open
--   branch       VARCHAR
--   channel      VARCHAR
--   category     VARCHAR
--   severity     VARCHAR
--   status       VARCHAR  open, or closed late
--   n            BIGINT   complaints in all, of which a page is shown
with promised as (
    select
        *,
        case '{promise}' when 'answer' then first_response_at else closed_at end as done_at,
        case '{promise}' when 'due' then due_at else received_at + to_microseconds(($seconds::double * 1e6)::bigint) end as end_at
    from complaints
)
select
    received_at,
    epoch(coalesce(done_at, $until::timestamp) - end_at) / 3600 as over,
    branch,
    channel,
    category,
    severity::varchar as severity,
    if(done_at is null, 'open', 'closed') as status,
    count(*) over () as n
from promised
where coalesce(done_at, $until::timestamp) > end_at and (done_at is not null or status is distinct from 'closed')
order by over desc, complaint
limit $take offset $skip
