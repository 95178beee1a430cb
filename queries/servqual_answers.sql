-- Which answers stand behind the gap of one item, newest first?
-- One row per: answer
-- Reads: responses
-- Values:
--   item VARCHAR tan1
--   skip BIGINT 0
--   take BIGINT 100
-- Each: expected, perceived
-- Shown whole: the answers themselves; the warehouse refuses when fewer than the threshold are left
-- Columns:
--   answered_at  TIMESTAMP
--   branch       VARCHAR
--   expectation  TINYINT
--   perception   TINYINT
--   gap          TINYINT  perception - expectation
--   comment      VARCHAR
--   n            BIGINT   answers in all, of which a page is shown
with picked as (
    select
        answered_at,
        response,
        branch,
        comment,
        case $item
            when '{item}' then expected_{item} -- each item
        end as expectation,
        case $item
            when '{item}' then perceived_{item} -- each item
        end as perception
    from responses
)
select answered_at, branch, expectation, perception, perception - expectation as gap, comment, count(*) over () as n
from picked
where expectation is not null and perception is not null
order by answered_at desc, response desc
limit $take offset $skip
