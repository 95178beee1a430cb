-- Customers who answered more than once: what were they at first, and what are they now?
-- One row per: first_class, last_class
-- Reads: responses (recommend, customer, answered_at)
-- Hides: n in all
-- Columns:
--   first_class  VARCHAR  promoter, passive or detractor, by their first answer
--   last_class   VARCHAR  the same by their last answer
--   n            BIGINT   customers
with answers as (  -- when and which in one number, the score in its last four bits: compared much faster than a pair
    select
        customer,
        (coalesce(epoch_us(answered_at), 0)::hugeint * 18446744073709551616 + response) * 16 + recommend as answer
    from responses
    where recommend is not null and customer is not null
),
customers as (
    select
        (min(answer) & 15)::tinyint as first_score,
        (max(answer) & 15)::tinyint as last_score
    from answers
    group by customer
    having count(*) > 1
),
scores as (  -- counted before they are classed, which is sooner
    select first_score, last_score, count(*) as n
    from customers
    group by first_score, last_score
)
select
    case when first_score >= 9 then 'promoter' when first_score >= 7 then 'passive' else 'detractor' end as first_class,
    case when last_score >= 9 then 'promoter' when last_score >= 7 then 'passive' else 'detractor' end as last_class,
    sum(n)::bigint as n
from scores
group by first_class, last_class
order by first_class, last_class
