-- Which words do complaints use, about one category or issue and about the others?
-- One row per: word
-- Reads: complaints (words)
-- Choices: kind = category, issue
-- Values:
--   about VARCHAR
--   among VARCHAR
--   least BIGINT 2
--   take BIGINT 60
-- Shown whole: words in fewer than $least complaints are left out
-- Columns:
--   word    VARCHAR
--   hits    BIGINT  complaints about $about (or about anything) with this word
--   n       BIGINT  such complaints that have words
--   others  BIGINT  other complaints with this word
--   n_others  BIGINT  other complaints that have words
with spoken as (
    select coalesce($about = '' or {kind} = $about, false) as inside, words -- each once in a complaint
    from complaints
    where len(words) > 0
),
counted as (
    select word, count(*) filter (where inside) as hits, count(*) filter (where not inside) as others
    from (select inside, unnest(words) as word from spoken)
    where $among = '' or word in (select unnest(split($among, ' ')))
    group by word
    having count(*) >= $least
),
sizes as (select count(*) filter (where inside) as n, count(*) filter (where not inside) as n_others from spoken)
select word, hits, n, others, n_others
from counted, sizes
where hits > 0 or $among <> ''
order by hits desc, word
limit $take
