-- Of promoters, passives and detractors, how many say that they met each pain or warm experience?
-- One row per: item, grp
-- Reads: responses (recommend)
-- Choices: family = pain, warm
-- Each: {family}
-- Hides: n per item, grp
-- Columns:
--   item  VARCHAR  code of the experience
--   grp   VARCHAR  promoter, passive or detractor
--   n     BIGINT   answers that were asked
--   met   BIGINT   answers that say yes
with asked as (
    select
        case when recommend >= 9 then 'promoter' when recommend >= 7 then 'passive' else 'detractor' end as grp,
        [
            {item: '{item}', n: count({family}_{item}), met: count_if({family}_{item})}, -- each item
        ] as items
    from responses
    where recommend is not null
    group by grp
),
rows as (select grp, unnest(items, recursive := true) from asked)
select item, grp, n, met::bigint as met
from rows
order by item, grp
