-- Customers who answered more than once: what were they at first, and what are they now?
-- One row per: first_class, last_class
-- Reads: responses (recommend, customer, answered_at)
-- Hides: n in all
-- Columns:
--   first_class  VARCHAR  promoter, passive or detractor, by their first answer
--   last_class   VARCHAR  the same by their last answer
--   n            BIGINT   customers
with again as (  -- few answer twice, and whose answer was first is dear to ask
    select customer
    from responses
    where recommend is not null and customer is not null
    group by customer
    having count(*) > 1
),
customers as (
    select
        arg_min(recommend, (answered_at, response)) as first_score,
        arg_max(recommend, (answered_at, response)) as last_score
    from responses
    where recommend is not null and customer in (select customer from again)
    group by customer
)
select
    case when first_score >= 9 then 'promoter' when first_score >= 7 then 'passive' else 'detractor' end as first_class,
    case when last_score >= 9 then 'promoter' when last_score >= 7 then 'passive' else 'detractor' end as last_class,
    count(*) as n
from customers
group by first_class, last_class
order by first_class, last_class
