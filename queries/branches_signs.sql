-- How often does each branch show what made-up scores would show: all tens, no variance, answers in bursts?
-- One row per: branch, sign
-- Reads: responses (branch, answered_at)
-- Values:
--   best BIGINT 10
--   seconds BIGINT 60
-- Each: sat
-- Shown whole: branches with few answers are pooled (moments/metrics/leagues.py) before anybody sees them
-- Columns:
--   branch  VARCHAR
--   region  VARCHAR  one per branch, empty where unknown
--   sign    VARCHAR  all_tens, no_variance or burst
--   n       BIGINT   answers that could show it
--   hits    BIGINT   answers that do
with forms as (
    select
        branch,
        region,
        recommend,
        list_filter([
            sat_{item}, -- each item
        ], lambda score: score is not null) as scores,
        answered_at <> date_trunc('day', answered_at) as timed,
        date_diff('second', lag(answered_at) over (partition by branch order by answered_at), answered_at) as pause
    from responses
    where branch is not null
),
marked as (
    select
        branch,
        region,
        len(scores) + (recommend is not null)::int >= 2 as rated,
        list_min(scores) = $best and coalesce(recommend, 10) = 10 as tens,
        len(scores) >= 2 as varied,
        list_min(scores) = list_max(scores) as flat,
        timed,
        pause <= $seconds as burst
    from forms
),
counted as (
    select
        branch,
        coalesce(min(region), '') as region,
        [
            {sign: 'all_tens', n: count(*) filter (where rated), hits: count(*) filter (where rated and tens)},
            {sign: 'no_variance', n: count(*) filter (where varied), hits: count(*) filter (where varied and flat)},
            {sign: 'burst', n: count(*) filter (where timed), hits: count(*) filter (where timed and burst)},
        ] as signs
    from marked
    group by branch
),
rows as (select branch, region, unnest(signs, recursive := true) from counted)
select branch, region, sign, n, hits
from rows
order by branch, sign
