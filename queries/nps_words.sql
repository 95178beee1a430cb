-- Which words do promoters and detractors use in their comments?
-- One row per: word
-- Reads: responses (recommend, words)
-- Values: least BIGINT 2
-- Shown whole: words in fewer than $least comments are left out
-- Columns:
--   word        VARCHAR
--   promoters   BIGINT  comments of promoters with this word
--   detractors  BIGINT  comments of detractors with this word
--   all_promoters   BIGINT  comments of promoters
--   all_detractors  BIGINT  comments of detractors
--   n           BIGINT  comments of both with this word
with comments as (
    select response, recommend >= 9 as promoter, words
    from responses
    where recommend is not null and recommend not between 7 and 8 and len(words) > 0
),
uses as (select distinct response, promoter, unnest(words) as word from comments),
counted as (
    select word, count_if(promoter)::bigint as promoters, count_if(not promoter)::bigint as detractors
    from uses
    group by word
    having count(*) >= $least
)
select
    word,
    promoters,
    detractors,
    (select count(*) from comments where promoter) as all_promoters,
    (select count(*) from comments where not promoter) as all_detractors,
    promoters + detractors as n
from counted
order by n desc, word
limit 60
