-- How serious are the complaints of each category or issue?
-- One row per: kind, severity
-- Reads: complaints ({kind}, severity)
-- Choices: kind = category, issue
-- Hides: hits per kind
-- Columns:
--   kind      VARCHAR  code of the category or issue
--   severity  TINYINT
--   hits      BIGINT   complaints of this severity
--   n         BIGINT   complaints of this kind with a known severity
select {kind} as kind, severity, count(*) as hits, sum(count(*)) over (partition by {kind})::bigint as n
from complaints
where {kind} is not null and severity is not null
group by {kind}, severity
order by {kind}, severity
