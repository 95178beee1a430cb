-- How many complaints kept each promise, and how many broke it, for each promise or in each group?
-- One row per: grp
-- Reads: complaints (received_at)
-- Choices: by = promise, branch, region, channel, segment, service, category, severity
-- Values:
--   promise VARCHAR
--   answer DOUBLE 30
--   closure DOUBLE 172800
--   first DOUBLE 1296000
--   second DOUBLE 2592000
--   third DOUBLE 5184000
--   until TIMESTAMP 2025-12-31T09:00:00
-- Hides: n per grp
-- Columns:
--   grp      VARCHAR  code of the promise or of the group
--   n        BIGINT   complaints of which it is known how they stand
--   kept     BIGINT   done within the clock (<=)
--   late     BIGINT   done, after it
--   overdue  BIGINT   not done, and the clock has run
--   running  BIGINT   not done, and there is time left; or the flag says pending
with clocks (promise, seconds) as (
    values ('answer', $answer::double), ('closure', $closure), ('first', $first), ('second', $second),
        ('third', $third), ('due', null), ('flag', null)
),
promised as (
    select
        complaints.*,
        promise,
        case promise when 'answer' then first_response_at else closed_at end as done_at,
        case promise when 'due' then due_at else received_at + to_microseconds((seconds * 1e6)::bigint) end as end_at
    from complaints, clocks
    where $promise = '' or promise = $promise
),
states as (
    select
        *,
        case
            when promise = 'flag' then case timely when 'yes' then 'kept' when 'no' then 'late' else 'running' end
            when done_at <= end_at then 'kept'
            when done_at > end_at then 'late'
            when $until::timestamp > end_at then 'overdue'
            else 'running'
        end as state
    from promised
    -- done at a time nobody wrote down, promised by no date, or without a flag: it is not known how they stand
    where case when promise = 'flag' then timely is not null
        else end_at is not null and (done_at is not null or status is distinct from 'closed') end
)
select
    {by}::varchar as grp,
    count(*) as n,
    count(*) filter (where state = 'kept') as kept,
    count(*) filter (where state = 'late') as late,
    count(*) filter (where state = 'overdue') as overdue,
    count(*) filter (where state = 'running') as running
from states
where {by} is not null
group by {by}
order by {by}
