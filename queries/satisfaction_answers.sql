-- Which answers stand behind the index of one indicator, newest first?
-- One row per: answer
-- Reads: responses (answered_at)
-- Values:
--   item VARCHAR overall
--   least BIGINT 1
--   most BIGINT 10
--   skip BIGINT 0
--   take BIGINT 100
-- Each: sat
-- Shown whole: the answers themselves; the warehouse refuses when fewer than the threshold are left
-- Columns:
--   answered_at  TIMESTAMP
--   branch       VARCHAR
--   score        TINYINT
--   comment      VARCHAR
--   n            BIGINT  answers in all, of which a page is shown
with picked as (
    select
        answered_at,
        response,
        branch,
        comment,
        case $item
            when '{item}' then sat_{item} -- each item
        end as score
    from responses
)
select answered_at, branch, score, comment, count(*) over () as n
from picked
where score between $least and $most
order by answered_at desc, response desc
limit $take offset $skip
